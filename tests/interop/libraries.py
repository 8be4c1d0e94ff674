"""Other libraries behind one small interface, for the matrix of who reads what."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import zarrc


class NotSupported(Exception):
    """The library does not have this data type or codec."""


def _refused(call: Callable[..., Any], *args: Any, **settings: Any) -> Any:
    try:
        return call(*args, **settings)
    except BaseException as e:  # pyo3 panics are no Exception
        if isinstance(e, KeyboardInterrupt):
            raise
        raise NotSupported(f"{type(e).__name__}: {e}") from None


# zarr-python, also with the codec pipeline of zarrs --------------------------------------------------------------
def _zarr(pipeline: str | None = None) -> Any:
    import zarr

    if pipeline is not None:
        zarr.config.set({"codec_pipeline.path": pipeline, "codec_pipeline.strict": True})
    else:
        zarr.config.reset()
    return zarr


def zarr_python_read(folder: Path) -> np.ndarray:
    zarr = _zarr()
    return np.asarray(_refused(lambda: zarr.open_array(str(folder), mode="r")[...]))


def zarr_python_write(folder: Path, value: np.ndarray) -> None:
    zarr = _zarr()
    _refused(lambda: zarr.open_array(str(folder), mode="r+").__setitem__(..., value))


def zarrs_read(folder: Path) -> np.ndarray:
    zarr = _zarr("zarrs.ZarrsCodecPipeline")
    try:
        return np.asarray(_refused(lambda: zarr.open_array(str(folder), mode="r")[...]))
    finally:
        zarr.config.reset()


def zarrs_write(folder: Path, value: np.ndarray) -> None:
    zarr = _zarr("zarrs.ZarrsCodecPipeline")
    try:
        _refused(lambda: zarr.open_array(str(folder), mode="r+").__setitem__(..., value))
    finally:
        zarr.config.reset()


# tensorstore -----------------------------------------------------------------------------------------------------
def _tensorstore(folder: Path) -> Any:
    import tensorstore

    driver = "zarr3" if (folder / "zarr.json").exists() else "zarr"
    spec = {"driver": driver, "kvstore": {"driver": "file", "path": str(folder)}}
    return _refused(lambda: tensorstore.open(spec, open=True).result())


def tensorstore_read(folder: Path) -> np.ndarray:
    array = _tensorstore(folder)
    found = np.asarray(_refused(lambda: array.read().result()))
    if found.dtype.itemsize == 0:
        raise NotSupported("raw bits become numpy arrays without their bytes")
    return found


def tensorstore_write(folder: Path, value: np.ndarray) -> None:
    array = _tensorstore(folder)
    _refused(lambda: array.write(value).result())


# zarrista --------------------------------------------------------------------------------------------------------
def _zarrista(folder: Path) -> Any:
    import zarrista
    from zarrista.store import FilesystemStore

    return _refused(lambda: zarrista.Array.open(FilesystemStore(str(folder)), "/"))


def zarrista_read(folder: Path) -> np.ndarray:
    array = _zarrista(folder)
    return _refused(lambda: array.retrieve_array_subset(...).to_numpy())


def zarrista_write(folder: Path, value: np.ndarray) -> None:
    array = _zarrista(folder)
    _refused(lambda: array.store_array_subset(..., np.array(value, order="C")))


# zarrc itself ----------------------------------------------------------------------------------------------------
def zarrc_read(folder: Path) -> np.ndarray:
    return np.asarray(_refused(lambda: zarrc.open_array(folder, mode="r")[...]))


def zarrc_write(folder: Path, value: np.ndarray) -> None:
    _refused(lambda: zarrc.open_array(folder, mode="r+").__setitem__(..., value))


LIBRARIES: dict[str, tuple[Callable[[Path], np.ndarray], Callable[[Path, np.ndarray], None]]] = {
    "zarr": (zarr_python_read, zarr_python_write),
    "tensorstore": (tensorstore_read, tensorstore_write),
    "zarrs": (zarrs_read, zarrs_write),
    "zarrista": (zarrista_read, zarrista_write),
}


def installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


NAMES = {"zarr": "zarr-python", "tensorstore": "tensorstore", "zarrs": "zarrs (codec pipeline)", "zarrista": "zarrista"}

"""Functions of zarr-python 2 that zarr-python 3 keeps the names of."""

from __future__ import annotations


def copy(*args: object, **kwargs: object) -> tuple[int, int, int]:
    """Raises NotImplementedError, as in zarr-python; see `zarrc.from_array`."""
    raise NotImplementedError("copy is not part of the Zarr v3 API; use from_array")


def copy_all(*args: object, **kwargs: object) -> tuple[int, int, int]:
    """Raises NotImplementedError, as in zarr-python."""
    raise NotImplementedError("copy_all is not part of the Zarr v3 API; use from_array for each array")


def copy_store(*args: object, **kwargs: object) -> tuple[int, int, int]:
    """Raises NotImplementedError, as in zarr-python."""
    raise NotImplementedError("copy_store is not part of the Zarr v3 API; copy the files of the store")

"""Whole and partial reads and writes of an 8 MiB array in 1 MiB chunks, per codec; files in the page cache."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

import zarrc
from zarrc.cli.sample import CHUNKS, shape_of, temperature, ticks

_SIZE_MIB = 8


def _blosc(cname: str) -> dict[str, Any]:
    return {"name": "blosc", "configuration": {"cname": cname, "clevel": 5, "shuffle": "shuffle", "typesize": 4}}


CODECS: dict[str, dict[str, Any]] = {
    "none": {"compressors": None},
    "zstd": {"compressors": [{"name": "zstd", "configuration": {"level": 3, "checksum": False}}]},
    "blosc-lz4": {"compressors": [_blosc("lz4")]},
    "blosc-zstd": {"compressors": [_blosc("zstd")]},
    "gzip": {"compressors": [{"name": "gzip", "configuration": {"level": 1}}]},
    "v2-zlib": {"zarr_format": 2, "compressors": [{"id": "zlib", "level": 1}]},
    "v2-delta-shuffle-zstd": {
        "zarr_format": 2,
        "filters": [{"id": "delta", "dtype": "<i4"}, {"id": "shuffle", "elementsize": 4}],
        "compressors": [{"id": "zstd", "level": 3}],
    },
}


def _values(codec: str) -> np.ndarray:
    field = temperature(shape_of(_SIZE_MIB))
    return ticks(field) if "delta" in codec else field


def _create(path: Path, values: np.ndarray, codec: str) -> zarrc.Array:
    return zarrc.create_array(
        store=path, shape=values.shape, chunks=CHUNKS, dtype=values.dtype, fill_value=0, **CODECS[codec]
    )


class _Directory:
    """A temporary directory with one array in it."""

    params: ClassVar[list[str]] = list(CODECS)
    param_names = ("codec",)
    timeout = 60.0

    def setup(self, codec: str) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="zarrc-asv-"))
        self.values = _values(codec)
        self.path = self.directory / "array"
        _create(self.path, self.values, codec)[...] = self.values
        self.array = zarrc.open_array(self.path, mode="r")

    def teardown(self, codec: str) -> None:
        shutil.rmtree(self.directory)


class Read(_Directory):
    """Reads of an array that is open, and of one that is not."""

    def setup(self, codec: str) -> None:
        super().setup(codec)
        self.out = np.zeros_like(self.values)
        self.box = tuple(slice(edge // 4 + 1, edge // 4 + 1 + edge // 2) for edge in self.values.shape)

    def time_whole(self, codec: str) -> None:
        self.array[...]

    def time_whole_into(self, codec: str) -> None:
        self.array.get_basic_selection(..., out=self.out)

    def time_box(self, codec: str) -> None:
        self.array[self.box]

    def time_plane(self, codec: str) -> None:
        self.array[33]

    def time_voxel(self, codec: str) -> None:
        self.array[33, 21, 45]

    def time_open_first(self, codec: str) -> None:
        zarrc.open_array(self.path, mode="r")[0, 0, 0]


class Write(_Directory):
    """Writes of whole chunks, and of a box that covers its chunks in part."""

    def setup(self, codec: str) -> None:
        super().setup(codec)
        self.array = zarrc.open_array(self.path, mode="r+")
        self.box = tuple(slice(1, 65) for _ in self.values.shape)

    def time_whole(self, codec: str) -> None:
        self.array[...] = self.values

    def time_box(self, codec: str) -> None:
        self.array[self.box] = self.values[self.box]


class SmallChunks:
    """512 chunks of 2 KiB: what every chunk costs besides its bytes."""

    def setup(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="zarrc-asv-"))
        self.values = temperature((64, 64, 64))
        self.array = zarrc.create_array(
            store=self.directory / "array",
            shape=self.values.shape,
            chunks=(8, 8, 8),
            dtype=self.values.dtype,
            compressors=None,
            fill_value=0,
        )
        self.array[...] = self.values

    def teardown(self) -> None:
        shutil.rmtree(self.directory)

    def time_read(self) -> None:
        self.array[...]

    def time_write(self) -> None:
        self.array[...] = self.values

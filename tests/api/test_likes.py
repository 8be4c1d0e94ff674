from __future__ import annotations

import numpy as np
import pytest

import zarrc
from zarrc.errors import ReadOnlyError
from zarrc.stores import MemoryStore

formats = pytest.mark.parametrize("zarr_format", [2, 3])


@formats
def test_likes(zarr_format):
    codec = {"id": "zlib", "level": 3} if zarr_format == 2 else {"name": "gzip", "configuration": {"level": 3}}
    order = "F" if zarr_format == 2 else "C"
    a = zarrc.create(
        (6, 4),
        chunks=(4, 3),
        dtype="i2",
        **(
            {"compressor": codec}
            if zarr_format == 2
            else {"codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, codec]}
        ),
        fill_value=9,
        zarr_format=zarr_format,
        order="F" if zarr_format == 2 else None,
    )
    for like, value in (
        (zarrc.zeros_like(a), 0),
        (zarrc.ones_like(a), 1),
        (zarrc.full_like(a, fill_value=5), 5),
        (zarrc.full_like(a), 9),
        (zarrc.empty_like(a), 9),
        (zarrc.open_like(a, "x", zarr_format=zarr_format), 9),
    ):
        assert (like.shape, like.chunks, like.dtype, like.order) == ((6, 4), (4, 3), a.dtype, order)
        assert like.metadata.zarr_format == zarr_format
        assert like.compressors == a.compressors
        assert (like[...] == value).all()
    assert zarrc.zeros_like(a, dtype="f4", chunks=(1, 1)).dtype == np.float32
    other = zarrc.zeros_like(a, zarr_format=5 - zarr_format)
    assert (other.metadata.zarr_format, other.chunks) == (5 - zarr_format, (4, 3))
    plain = zarrc.ones_like(np.zeros((2, 3), "u1"))
    assert (plain.shape, plain.dtype) == ((2, 3), np.uint8)


def test_open_like_looks_for_either_format():
    a = zarrc.create(3, zarr_format=2)
    assert zarrc.open_like(a, "x", store={}).metadata.zarr_format == 3
    store = {}
    zarrc.create(5, store=store, path="x", zarr_format=2)
    assert zarrc.open_like(a, "x", store=store).shape == (5,)
    with pytest.raises(ReadOnlyError, match="Store is read-only but mode is 'a'"):
        zarrc.open_like(a, "x", store=MemoryStore(read_only=True))

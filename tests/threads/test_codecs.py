"""Codecs, in C and in Python, and kernels, in many threads over the same buffers."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from zarrc import kernels
from zarrc.chunkio import ChunkIO
from zarrc.codecs.crc32c_table import crc32c
from zarrc.metadata import ArrayV3Metadata

CODECS = {
    "gzip": [{"name": "gzip", "configuration": {"level": 1}}],
    "crc32c": [{"name": "crc32c"}],
    "zlib": [{"name": "numcodecs.zlib", "configuration": {"level": 1}}],
    "bz2": [{"name": "numcodecs.bz2", "configuration": {"level": 1}}],
    "lzma": [{"name": "numcodecs.lzma", "configuration": {}}],
    "shuffle": [{"name": "numcodecs.shuffle", "configuration": {"elementsize": 4}}],
    "adler32": [{"name": "numcodecs.adler32", "configuration": {}}],
}


@pytest.mark.parametrize("name", CODECS)
def test_one_chain_of_python_codecs(name, together, rounds):
    """One codec object serves all threads."""
    document = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [512],
        "data_type": "int32",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [512]}},
        "chunk_key_encoding": {"name": "default"},
        "fill_value": 0,
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, *CODECS[name]],
    }
    chain = ChunkIO(ArrayV3Metadata.from_dict(document), native=False).chain

    def work(k):
        rows = np.random.default_rng(k).integers(0, 1000, (4, 512), dtype="i4")
        for i in range(rounds // 3):
            row = rows[i % 4]
            np.testing.assert_array_equal(chain.decode_chunk(chain.encode_chunk(row)), row)

    together(*(partial(work, k) for k in range(4)))


@pytest.mark.parametrize("tier", [name for name, state in kernels.tiers().items() if state == "ok"])
def test_kernels_over_one_buffer(tier, together, rounds):
    items = np.random.default_rng(0).integers(0, 1 << 30, 4096, dtype="i4")
    shuffled = kernels.shuffle(items, 4, tier=tier)
    bits = kernels.bitshuffle(items, 4, tier=tier)
    checksum = kernels.crc32c(items, tier=tier)

    def work():
        for _ in range(rounds):
            assert bytes(kernels.shuffle(items, 4, tier=tier)) == bytes(shuffled)
            assert bytes(kernels.unshuffle(shuffled, 4, tier=tier)) == items.tobytes()
            assert bytes(kernels.bitunshuffle(bits, 4, tier=tier)) == items.tobytes()
            assert kernels.crc32c(items, tier=tier) == checksum == crc32c(memoryview(items.tobytes()))

    together(*[work] * 4)

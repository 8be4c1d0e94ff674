"""The C core and the Python chain read each other's chunks, and refuse or decode the same damaged ones alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lz4_blocks import blosc_splits, has_match_at_0

from zarrc import _core
from zarrc.codecs import Chain, ChunkSpec
from zarrc.codecs.delta import NATIVE_TYPES
from zarrc.errors import CodecError

LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
BIG = {"name": "bytes", "configuration": {"endian": "big"}}


def blosc(cname: str, shuffle: str, clevel: int = 5, blocksize: int = 0) -> dict:
    configuration = {"cname": cname, "shuffle": shuffle, "clevel": clevel, "blocksize": blocksize}
    return {"name": "blosc", "configuration": configuration}


BLOSC = [
    blosc(cname, shuffle, clevel, blocksize)
    for cname in ("blosclz", "lz4", "lz4hc", "zlib", "zstd")
    for shuffle, clevel, blocksize in (
        ("noshuffle", 9, 0),
        ("shuffle", 1, 512),
        ("bitshuffle", 5, 0),
        ("shuffle", 0, 0),
    )
]
COMPRESSORS = [
    "zstd",
    {"name": "zstd", "configuration": {"level": -3, "checksum": True}},
    "gzip",
    "numcodecs.zlib",
    "numcodecs.lz4",
    "crc32c",
    {"name": "numcodecs.crc32c", "configuration": {"location": "start"}},
    *BLOSC,
]
LZ4 = ["numcodecs.lz4", *BLOSC]  # a frame's header says what is in it, damaged ones anything


class Native:
    """One chunk through the C core."""

    def __init__(self, chain: Chain) -> None:
        plan = chain.native_plan()
        assert plan is not None
        self.spec = chain.spec
        fill = bytes(plan.itemsize)
        self.plan = _core.Plan(
            self.spec.shape, plan.itemsize, plan.order, plan.swap, plan.steps, fill, default_keys=True, separator="/"
        )
        self.axes = tuple((0, 1, edge, True) for edge in self.spec.shape)

    def encode(self, array: np.ndarray) -> bytes:
        return self.plan.write(self.spec.shape, self.axes, array, "", buffers=[None], write_empty=True)[0]

    def decode(self, data: bytes) -> np.ndarray:
        out = np.empty(self.spec.shape, self.spec.dtype)
        self.plan.read(self.spec.shape, self.axes, out, "", buffers=[data])
        return out


def check_both_ways(chain: Chain, array: np.ndarray) -> None:
    native = Native(chain)
    for encoded in (native.encode(array), chain.encode_chunk(array)):
        assert native.decode(encoded).tobytes() == array.tobytes()
        assert chain.decode_chunk(encoded).tobytes() == array.tobytes()
    if all(codec.encoded_size(8) is not None for codec in chain.bytes_bytes):
        assert native.encode(array) == chain.encode_chunk(array)


@given(
    st.permutations(range(3)),
    st.sampled_from([LITTLE, BIG]),
    st.booleans(),
    st.lists(st.sampled_from(COMPRESSORS), max_size=2),
    st.sampled_from(["<i4", ">i4", "|u1", "<f8", "<c8", "<M8[s]", "<U3", "|V3", "|b1"]),
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 40)),
    st.integers(1, 256),
)
@settings(max_examples=150, deadline=None)
def test_v3(order, to_bytes, shuffled, compressors, dtype, shape, values):
    dtype = np.dtype(dtype)
    filters = [{"name": "transpose", "configuration": {"order": list(order)}}]
    chain = Chain.from_v3(
        [*filters, to_bytes, *(["numcodecs.shuffle"] * shuffled), *compressors], ChunkSpec(shape, dtype)
    )
    limit = 2 if dtype.kind in "bU" else values  # valid truth values and code points
    nbytes = int(np.prod(shape)) * dtype.itemsize
    array = np.random.default_rng(values).integers(0, limit, nbytes, np.uint8)
    if dtype.kind == "U":
        array[np.arange(nbytes) % 4 != 0] = 0
    check_both_ways(chain, array.view(dtype).reshape(shape))


@pytest.mark.parametrize(
    ("dtype", "astype"), [(a, b) for a in NATIVE_TYPES for b in NATIVE_TYPES if ("f" in a) == ("f" in b)]
)
def test_delta(dtype, astype):
    values = np.array([3, 100, 7, 7, 120, 0, 1, 99] * 3).astype(dtype)
    for swap_in, swap_out in (("<", "<"), ("<", ">"), (">", "<")):
        config = {"id": "delta", "dtype": swap_in + dtype, "astype": swap_out + astype}
        stored = values.astype(swap_in + dtype)
        chain = Chain.from_v2([config], None, "C", ChunkSpec((24,), stored.dtype))
        native = Native(chain)
        encoded = chain.encode_chunk(stored)
        assert native.encode(stored) == encoded
        assert native.decode(encoded).tobytes() == chain.decode_chunk(encoded).tobytes()
    config = {"name": "numcodecs.delta", "configuration": {"dtype": "<" + dtype, "astype": "<" + astype}}
    chain = Chain.from_v3([config, BIG, "crc32c"], ChunkSpec((2, 12), np.dtype("<" + dtype)))
    assert Native(chain).encode(values.reshape(2, 12)) == chain.encode_chunk(values.reshape(2, 12))


@pytest.mark.parametrize("compressor", ["zstd", "gzip", "numcodecs.zlib", "numcodecs.lz4", "crc32c", *BLOSC[:20:3]])
def test_damage(compressor):
    array = np.repeat(np.arange(20, dtype="<i4"), 4)
    chain = Chain.from_v3([LITTLE, compressor], ChunkSpec((80,), array.dtype))
    native = Native(chain)
    encoded = chain.encode_chunk(array)
    damaged = [encoded[:stop] for stop in range(len(encoded))]
    for bit in range(8 * len(encoded)):
        flipped = bytearray(encoded)
        flipped[bit // 8] ^= 1 << bit % 8
        damaged.append(bytes(flipped))
    damaged += [encoded + bytes(n) for n in (1, 5)] + [encoded + b"x", encoded + encoded]
    for data in damaged:
        results = []
        for decode in (native.decode, chain.decode_chunk):
            try:
                results.append(decode(data).tobytes())
            except CodecError:
                results.append(None)
        if compressor in LZ4 and results == [None, results[1]]:
            blocks = [data[4:]] if compressor == "numcodecs.lz4" else blosc_splits(data)
            if any(map(has_match_at_0, blocks)):
                continue  # the packages take it
        assert results[0] == results[1], (len(data), data.hex())

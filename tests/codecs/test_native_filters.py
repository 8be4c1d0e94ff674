"""Checksums and element filters: the C core against the Python chain, byte for byte, both ways."""

from __future__ import annotations

import json
import platform

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zarrc
from zarrc import _core
from zarrc.chunkio import ChunkIO
from zarrc.codecs import Chain, ChunkSpec
from zarrc.codecs.delta import NATIVE_TYPES
from zarrc.errors import CodecError

NAMES = ("crc32", "adler32", "fletcher32", "bitround", "fixedscaleoffset", "quantize", "astype", "packbits")
INTEGERS = NATIVE_TYPES[:8]
FLOATS = NATIVE_TYPES[8:]
ORDERS = st.sampled_from("<>")
SPECIAL = [0.0, -0.0, np.nan, -np.nan, np.inf, -np.inf, 0.5, 1.5, -2.5, 1e-40, 8388609.0, 3e38, 4503599627370497.0]


def chain_of(config: dict, dtype: np.dtype, n: int, *more: dict) -> Chain:
    return Chain.from_v2([config, *more], None, "C", ChunkSpec((n,), dtype))


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

    def decode(self, data: bytes, start: int = 0, stop: int | None = None) -> np.ndarray:
        axes = ((start, 1, (self.spec.shape[0] if stop is None else stop) - start, True),)
        out = np.empty(axes[0][2], self.spec.dtype)
        self.plan.read(self.spec.shape, axes, out, "", buffers=[data])
        return out


def check_same(chain: Chain, array: np.ndarray) -> bytes:
    native = Native(chain)
    encoded = chain.encode_chunk(array)
    assert native.encode(array) == encoded
    decoded = chain.decode_chunk(encoded).tobytes()
    assert native.decode(encoded).tobytes() == decoded
    start, stop = array.size // 3, array.size - array.size // 4
    part = native.decode(encoded, start, stop).tobytes()
    assert part == decoded[start * array.itemsize : stop * array.itemsize]
    for size in {0, 1, len(encoded) // 2, len(encoded) - 1} - {len(encoded)}:
        for decode in (native.decode, chain.decode_chunk):
            with pytest.raises(CodecError):
                decode(encoded[:size])
    return encoded


def float_array(dtype: np.dtype, seed: int, n: int, scale: float) -> np.ndarray:
    """Noise of that scale, ties, and special values at random places."""
    rng = np.random.default_rng(seed)
    values = rng.normal(0, scale, n)
    values[::3] = np.round(values[::3] * 2) / 2
    at = rng.random(n) < 0.2
    values[at] = rng.choice(SPECIAL, at.sum())
    with np.errstate(all="ignore"):
        return values.astype(dtype)


def test_the_core_has_them():
    assert set(NAMES) < set(_core.native_codecs())
    assert len(set(_core.native_codecs())) == len(_core.native_codecs())


@given(st.sampled_from(NAMES[:3]), st.sampled_from([None, "start", "end"]), st.binary(min_size=1, max_size=2000))
@settings(max_examples=150, deadline=None)
def test_checksums(name, location, data):
    config = {"id": name} if location is None or name == "fletcher32" else {"id": name, "location": location}
    array = np.frombuffer(data, np.uint8)
    chain = chain_of(config, array.dtype, array.size)
    encoded = check_same(chain, array)
    damaged = bytearray(encoded)
    damaged[len(data) // 2] ^= 4
    with pytest.raises(CodecError, match=name):
        Native(chain).decode(bytes(damaged))


@pytest.mark.parametrize("name", NAMES[:3])
def test_checksums_of_much(name):
    for data in (bytes(300_001), b"\xff" * 300_001, np.random.default_rng(5).bytes(300_002)):
        check_same(chain_of({"id": name}, np.dtype("u1"), len(data)), np.frombuffer(data, np.uint8))


@given(st.sampled_from([2, 4, 8]), ORDERS, st.integers(0, 52), st.integers(1, 1300), st.integers(0, 99))
@settings(max_examples=150, deadline=None)
def test_bitround_of_any_bits(width, order, keepbits, n, seed):
    dtype = np.dtype(f"{order}f{width}")
    array = np.frombuffer(np.random.default_rng(seed).bytes(n * width), dtype)
    check_same(chain_of({"id": "bitround", "keepbits": min(keepbits, np.finfo(dtype).nmant)}, dtype, n), array)


@given(st.integers(1, 700), st.integers(0, 99), st.sampled_from(["?", "u1", "i1"]))
@settings(max_examples=100, deadline=None)
def test_packbits(n, seed, dtype):
    rng = np.random.default_rng(seed)
    array = (rng.integers(0, 256, n, np.uint8) * (rng.random(n) < 0.5)).astype(dtype)
    chain = chain_of({"id": "packbits"}, array.dtype, n)
    encoded = check_same(chain, array)
    for first in range(256):
        damaged = bytes([first]) + encoded[1:]
        results = []
        for decode in (Native(chain).decode, chain.decode_chunk):
            try:
                results.append(decode(damaged).tobytes())
            except CodecError:
                results.append(None)
        assert results[0] == results[1] and (results[0] is None) == (first != encoded[0])


@given(
    st.sampled_from(FLOATS),
    st.sampled_from(FLOATS),
    ORDERS,
    ORDERS,
    st.sampled_from([1, 2.0, 0.1, -3, 1000.25, 1e-3, 0, 1e300, 2**60 + 1]),
    st.sampled_from([0, 0.0, -1, 273.15, 1e10, 2**53 + 1, -1e300]),
    st.integers(1, 1300),
    st.integers(0, 99),
)
@settings(max_examples=300, deadline=None)
def test_fixedscaleoffset_to_floats(dtype, astype, order, stored_order, scale, offset, n, seed):
    dtype, astype = np.dtype(order + dtype), np.dtype(stored_order + astype)
    config = {"id": "fixedscaleoffset", "scale": scale, "offset": offset, "dtype": dtype.str, "astype": astype.str}
    check_same(chain_of(config, dtype, n), float_array(dtype, seed, n, 100.0))


@given(
    st.sampled_from(FLOATS),
    st.sampled_from(INTEGERS),
    ORDERS,
    ORDERS,
    st.sampled_from([1, 2.0, 0.1, 7, 1.5]),
    st.sampled_from([0, -0.5, 1, 27.15]),
    st.integers(1, 1300),
    st.integers(0, 99),
)
@settings(max_examples=300, deadline=None)
def test_fixedscaleoffset_to_integers(dtype, astype, order, stored_order, scale, offset, n, seed):
    dtype, astype = np.dtype(order + dtype), np.dtype(stored_order + astype)
    config = {"id": "fixedscaleoffset", "scale": scale, "offset": offset, "dtype": dtype.str, "astype": astype.str}
    limits = np.iinfo(astype)
    stored = np.random.default_rng(seed).uniform(limits.min * 0.99, limits.max * 0.99, n)
    stored[::4] = np.random.default_rng(seed).integers(0, 200, n)[::4] / 2 % 120
    array = (stored / scale + offset).astype(dtype)
    back = np.around((array.astype("f8") - offset) * scale)
    array[(back < limits.min) | (back > limits.max)] = offset
    check_same(chain_of(config, dtype, n), array)


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="what numpy makes of these differs")
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("astype", ["i1", "i2", "i4", "i8", "u1", "u2"])
def test_values_that_fit_no_integer(dtype, astype):
    """Undefined in C and numpy; the core gives what numpy gives on this processor, whatever the length.

    uint32 and uint64 are left out: there, numpy's result depends on the place in the array.
    """
    values = np.array(
        [*SPECIAL, 200, -200, 4e4, -4e4, 2.0**31, -(2.0**31) - 512, 3e9, -3e9, 1e10, 2.0**63, -1e19, 1e30]
    )
    with np.errstate(all="ignore"):
        values = values.astype("<" + dtype)
    config = {"id": "fixedscaleoffset", "scale": 1, "offset": 0, "dtype": "<" + dtype, "astype": "<" + astype}
    for n in (1, 2, 3, 5, values.size):
        check_same(chain_of(config, values.dtype, n), values[-n:])


@given(
    st.sampled_from(FLOATS),
    st.sampled_from(FLOATS),
    ORDERS,
    ORDERS,
    st.integers(-40, 40) | st.sampled_from([-300, 300]),
    st.integers(1, 1300),
    st.integers(0, 99),
)
@settings(max_examples=300, deadline=None)
def test_quantize(dtype, astype, order, stored_order, digits, n, seed):
    dtype, astype = np.dtype(order + dtype), np.dtype(stored_order + astype)
    config = {"id": "quantize", "digits": digits, "dtype": dtype.str, "astype": astype.str}
    check_same(chain_of(config, dtype, n), float_array(dtype, seed, n, 10.0 ** np.clip(-digits, -30, 30)))


@given(
    st.sampled_from([(a, b) for kind in (INTEGERS, FLOATS) for a in kind for b in kind]),
    ORDERS,
    ORDERS,
    st.integers(1, 1300),
    st.integers(0, 99),
)
@settings(max_examples=400, deadline=None)
def test_astype_of_any_bits(types, order, stored_order, n, seed):
    dtype, stored = np.dtype(order + types[0]), np.dtype(stored_order + types[1])
    array = np.frombuffer(np.random.default_rng(seed).bytes(n * dtype.itemsize), dtype).copy()
    if dtype.kind == "f" and n > 13:
        array[:13] = np.array(SPECIAL).astype(dtype)
    check_same(chain_of({"id": "astype", "encode_dtype": stored.str, "decode_dtype": dtype.str}, dtype, n), array)


CONFIGS = [
    ({"id": "crc32"}, "<i4"),
    ({"id": "adler32", "location": "end"}, "<i4"),
    ({"id": "fletcher32"}, "<i4"),
    ({"id": "bitround", "keepbits": 5}, "<f4"),
    ({"id": "fixedscaleoffset", "scale": 10, "offset": 2.5, "dtype": "<f8", "astype": "<i2"}, "<f8"),
    ({"id": "quantize", "digits": 2, "dtype": "<f4"}, "<f4"),
    ({"id": "astype", "encode_dtype": "<i2", "decode_dtype": "<i4"}, "<i4"),
    ({"id": "packbits"}, "|b1"),
]


@pytest.mark.parametrize(("config", "dtype"), CONFIGS, ids=[config["id"] for config, _ in CONFIGS])
def test_arrays_are_read_and_written_natively(tmp_path, config, dtype):
    compressor = {"id": "zstd", "level": 1, "checksum": False}
    metadata = {
        "zarr_format": 2,
        "shape": [1000],
        "chunks": [300],
        "dtype": dtype,
        "fill_value": 0,
        "order": "C",
        "filters": [config],
        "compressor": compressor,
    }
    (tmp_path / ".zarray").write_text(json.dumps(metadata))
    array = zarrc.open_array(tmp_path, mode="r+")
    assert ChunkIO(array.metadata).plan is not None
    values = (np.arange(1000) % 2 if dtype == "|b1" else np.linspace(0, 40, 1000)).astype(dtype)
    array[:] = values
    chain = chain_of(config, np.dtype(dtype), 300, compressor)
    want = [chain.decode_chunk(chain.encode_chunk(values[at : at + 300])) for at in (0, 300, 600)]
    np.testing.assert_array_equal(array[:900], np.concatenate(want))
    np.testing.assert_array_equal(array[350:355], want[1][50:55])

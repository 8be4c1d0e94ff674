from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from zarrc import kernels

INTS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
TYPES = [*INTS, "f4", "f8"]


def arrays(dtypes: list[str]) -> st.SearchStrategy[np.ndarray]:
    def one(dtype: str) -> st.SearchStrategy[np.ndarray]:
        elements = st.floats(-1e6, 1e6, width=int(dtype[1]) * 8) if dtype[0] == "f" else hnp.from_dtype(np.dtype(dtype))
        return hnp.arrays(dtype, st.integers(0, 150), elements=elements)

    return st.sampled_from(dtypes).flatmap(one)


def differences(a: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.concatenate([a[:1], np.diff(a)])


@given(a=arrays(TYPES))
def test_delta(tier, a):
    enc = kernels.delta_encode(a, tier=tier)
    assert enc.tobytes() == differences(a).tobytes()
    sums = np.cumsum(enc.view(a.dtype), dtype=a.dtype)
    assert kernels.delta_decode(enc, a.dtype, tier=tier).tobytes() == sums.tobytes()
    if a.dtype.kind != "f":
        assert sums.tobytes() == a.tobytes()


@pytest.mark.parametrize("dtype", TYPES)
def test_long_arrays(tier, dtype):
    rng = np.random.default_rng(2)
    a = (rng.normal(size=20_003) * 1e5).astype(dtype) if dtype[0] == "f" else rng.integers(0, 127, 20_003).astype(dtype)
    enc = kernels.delta_encode(a, tier=tier)
    assert enc.tobytes() == differences(a).tobytes()
    want = np.cumsum(enc.view(dtype), dtype=dtype)
    assert kernels.delta_decode(enc, dtype, tier=tier).tobytes() == want.tobytes()


@given(a=arrays(INTS), astype=st.sampled_from(TYPES))
def test_astype_of_integers(a, astype):
    """Differences in the array's dtype, then cast; integers come back whatever the width."""
    want = differences(a).astype(astype)
    enc = kernels.delta_encode(a, astype)
    assert enc.tobytes() == want.tobytes()
    if np.dtype(astype).kind != "f" and np.dtype(astype).itemsize >= a.dtype.itemsize:
        assert kernels.delta_decode(enc, a.dtype, astype).tobytes() == a.tobytes()


@given(a=arrays([t for t in TYPES if t != "u8"]), dtype=st.sampled_from([t for t in TYPES if t != "u8"]))
def test_decoding_is_cumsum(a, dtype):
    """Sums are made in the type that both dtypes promote to, then cast to the result's."""
    if np.dtype(dtype).kind != "f" and a.dtype.kind == "f":
        a = (a / 1e6).astype(a.dtype)  # no sum out of the integer's range
    out = np.empty(len(a), dtype)
    np.cumsum(a, out=out)
    assert kernels.delta_decode(a, dtype, a.dtype).tobytes() == out.tobytes()


@given(
    a=hnp.arrays("f8", st.integers(0, 60), elements=st.floats(0, 100)), astype=st.sampled_from(["i1", "i4", "u8", "f4"])
)
def test_astype_of_floats(a, astype):
    a = np.sort(a)  # differences that every astype can hold
    want = differences(a).astype(astype)
    assert kernels.delta_encode(a, astype).tobytes() == want.tobytes()
    out = np.empty(len(a), "f8")
    np.cumsum(want, out=out)
    assert kernels.delta_decode(want, "f8", astype).tobytes() == out.tobytes()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("astype", TYPES)
def test_against_numcodecs(tier, dtype, astype):
    numcodecs = pytest.importorskip("numcodecs")
    codec = numcodecs.Delta(dtype=dtype, astype=astype)
    a = np.cumsum(np.arange(15)).astype(dtype)
    want = np.ascontiguousarray(codec.encode(a))
    assert kernels.delta_encode(a, astype, tier=tier).tobytes() == want.tobytes()
    back = np.ascontiguousarray(codec.decode(want))
    assert kernels.delta_decode(want, dtype, astype, tier=tier).tobytes() == back.tobytes()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300, -1e300])
@pytest.mark.parametrize("astype", INTS)
def test_floats_out_of_range_are_defined(value, astype):
    a = np.array([value])
    assert kernels.delta_encode(a, astype).tobytes() == kernels.delta_encode(a, astype).tobytes()
    low = np.iinfo("i4" if astype in ("i1", "i2", "i4", "u1", "u2") else "i8").min
    assert kernels.delta_encode(a, astype).view(astype)[0] == np.int64(low).astype(astype)


def test_errors():
    with pytest.raises(TypeError, match="native"):
        kernels.delta_encode(np.zeros(3, ">i4"))
    with pytest.raises(TypeError, match=r"arr\.dtype"):
        kernels.delta_encode(np.zeros(3, "f2"))
    with pytest.raises(TypeError, match="astype"):
        kernels.delta_encode(np.zeros(3, "i4"), "c8")
    with pytest.raises(ValueError, match="contiguous"):
        kernels.delta_encode(np.zeros(6, "i4")[::2])
    with pytest.raises(TypeError, match="ndarray"):
        kernels.delta_encode([1, 2])
    with pytest.raises(ValueError, match="whole number"):
        kernels.delta_decode(bytes(7), "i4")

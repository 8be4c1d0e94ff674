from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zarrc import kernels


@st.composite
def views(draw: st.DrawFn, shape: tuple[int, ...], itemsize: int) -> np.ndarray:
    """A view of noise of that shape: any order of axes, gaps, directions."""
    order = draw(st.permutations(range(len(shape))))
    steps = [draw(st.sampled_from([1, 1, 2, -1, -2])) for _ in shape]
    base = np.zeros([shape[i] * abs(steps[i]) for i in order], f"V{itemsize}")
    noise = np.random.default_rng(len(shape)).integers(0, 256, base.nbytes, dtype=np.uint8)
    base.reshape(-1).view(np.uint8)[:] = noise
    a = base[(*(slice(None, None, steps[i]) for i in order), ...)]
    return a.transpose(np.argsort(order)) if shape else a


@given(st.data())
def test_box_copy(data):
    ndim = data.draw(st.integers(0, 5))
    shape = tuple(data.draw(st.integers(0, 40 if ndim < 3 else 6)) for _ in range(ndim))
    itemsize = data.draw(st.sampled_from([1, 2, 3, 4, 8, 12, 16, 40]))
    src, dst = data.draw(views(shape, itemsize)), data.draw(views(shape, itemsize))
    want = dst.copy()
    want[...] = src
    kernels.box_copy(src, dst)
    assert dst.tobytes() == want.tobytes()


@given(
    st.data(),
    st.sampled_from(["i2", "u4", "f8", "c8", "c16", "U3", "u1", "S5", "V6"]),
    st.sampled_from([(40, 33), (9,)]),
)
def test_byte_order(data, dtype, shape):
    src = data.draw(views(shape, np.dtype(dtype).itemsize)).view(dtype)
    dst = np.zeros(shape, dtype, order=data.draw(st.sampled_from("CF")))
    kernels.box_copy(src, dst, byteswap=True)
    plain = np.ascontiguousarray(src)
    component = {"U": "u4", "S": "u1", "V": "u1"}.get(plain.dtype.kind, dtype)
    assert dst.tobytes() == plain.view(component).byteswap().tobytes()


@pytest.mark.parametrize("dtype", ["u1", "u2", "u4", "u8", "c16", "V3"])
@pytest.mark.parametrize("shape", [(300, 200), (64, 64), (7, 500), (3, 40, 50), (50, 40, 3)])
def test_change_of_order(dtype, shape):
    n = int(np.prod(shape)) * np.dtype(dtype).itemsize
    src = np.random.default_rng(0).integers(0, 256, n, dtype=np.uint8).view(dtype).reshape(shape, order="F")
    dst = np.zeros(shape, dtype)
    kernels.box_copy(src, dst)
    assert dst.tobytes() == src.tobytes()
    back = np.zeros(shape, dtype, order="F")
    kernels.box_copy(dst, back)
    assert back.tobytes(order="A") == src.tobytes(order="A")


def test_broadcast():
    dst = np.zeros((4, 5, 6), "i4")
    kernels.box_copy(np.arange(5, dtype="i4")[:, None], dst)
    assert np.array_equal(dst, np.broadcast_to(np.arange(5)[:, None], dst.shape))
    kernels.box_copy(np.array(7, "i4"), dst)
    assert (dst == 7).all()


def test_errors():
    a = np.zeros((3, 4), "i4")
    with pytest.raises(ValueError, match="items of 4 and 8 bytes"):
        kernels.box_copy(a, np.zeros((3, 4), "i8"))
    with pytest.raises(ValueError, match="broadcast"):
        kernels.box_copy(a, np.zeros((4, 3), "i4"))
    with pytest.raises(ValueError, match="overlap"):
        kernels.box_copy(a[:2], a[1:])
    with pytest.raises(ValueError, match="repeats"):
        kernels.box_copy(a, np.lib.stride_tricks.as_strided(np.zeros(4, "i4"), (3, 4), (0, 4)))
    locked = np.zeros((3, 4), "i4")
    locked.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        kernels.box_copy(a, locked)
    with pytest.raises(TypeError, match="objects"):
        kernels.box_copy(np.array([None]), np.zeros(1, "i8"))
    with pytest.raises(TypeError, match="components"):
        kernels.box_copy(np.zeros(1, "i4,i2"), np.zeros(1, "i4,i2"), byteswap=True)
    with pytest.raises(TypeError, match="ndarray"):
        kernels.box_copy([1], a)


def test_the_other_tiers(tier):
    """box_copy runs on the tier in use, so the file's other tests run again in a process capped to each tier."""
    if os.environ.get("ZARRC_KERNELS"):
        pytest.skip("this is such a process")
    if tier == kernels.tier():
        pytest.skip("the tier in use")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__]
    done = subprocess.run(command, env={**os.environ, "ZARRC_KERNELS": tier}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr

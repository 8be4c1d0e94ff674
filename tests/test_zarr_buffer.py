from __future__ import annotations

import numpy as np
import pytest

from zarrc.buffer import Buffer, NDBuffer, default_buffer_prototype


def test_bytes_go_in_and_out_unchanged():
    buffer = Buffer.from_bytes(b"abcdef")
    assert (len(buffer), buffer.to_bytes(), buffer[1:3].to_bytes()) == (6, b"abcdef", b"bc")
    assert (buffer + Buffer.from_bytes(b"gh")).to_bytes() == b"abcdefgh"
    assert len(Buffer.create_zero_length()) == 0


def test_a_buffer_holds_one_axis_of_bytes():
    for array in (np.zeros((2, 2), "u1"), np.zeros(3, "i4")):
        with pytest.raises(ValueError, match="array_like"):
            Buffer.from_array_like(array)
    with pytest.raises(TypeError, match="slices"):
        Buffer.from_bytes(b"ab")[0]  # type: ignore[index]


def test_arrays_keep_shape_order_and_fill():
    made = NDBuffer.create(shape=(2, 3), dtype="i4", order="F", fill_value=7)
    assert made.as_numpy_array().flags.f_contiguous
    assert made.all_equal(7) and not made.all_equal(8)
    made[0, 0] = 1
    assert not made.all_equal(7)
    assert made.reshape((3, 2)).shape == (3, 2)


def test_all_equal_tells_zeros_apart_and_takes_nan_for_itself():
    assert not NDBuffer(np.array([-0.0])).all_equal(0.0)
    assert NDBuffer(np.array([np.nan])).all_equal(np.nan)


def test_the_prototype_makes_these_classes():
    assert default_buffer_prototype().buffer is Buffer
    assert default_buffer_prototype().nd_buffer is NDBuffer

"""What a codec is told of a chunk."""

from __future__ import annotations

import numpy as np

from zarrc.buffer import default_buffer_prototype
from zarrc.core.array_spec import ArrayConfig, ArraySpec
from zarrc.dtype import Float32, Int8


def made(fill, dtype=None) -> ArraySpec:
    return ArraySpec([2, 3], dtype or Float32(), fill, ArrayConfig(order="F"), default_buffer_prototype())


def test_values():
    spec = made(np.float32("nan"))
    assert (spec.shape, spec.ndim, spec.order) == ((2, 3), 2, "F")
    assert spec == made(np.float32("nan"))
    assert hash(spec) == hash(made(np.float32("nan")))
    assert spec != made(np.float32(0))
    assert made(np.float32(0)) != made(np.float32(-0.0))
    assert made(np.int8(0), Int8()) != made(np.float32(0))

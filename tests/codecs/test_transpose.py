from __future__ import annotations

import itertools

import numpy as np
import pytest

from zarrc.codecs import ChunkSpec, TransposeCodec
from zarrc.errors import CodecValidationError


@pytest.mark.parametrize("order", [o for n in range(4) for o in itertools.permutations(range(n))])
def test_round_trip(order):
    array = np.arange(int(np.prod(range(2, 2 + len(order))))).reshape(tuple(range(2, 2 + len(order))))
    codec = TransposeCodec(order)
    stored = codec.encode(array)
    assert stored.shape == tuple(array.shape[axis] for axis in order)
    assert codec.output_spec(ChunkSpec(array.shape, array.dtype)).shape == stored.shape
    assert np.array_equal(codec.decode(stored), array)


def test_draft_orders():
    spec = ChunkSpec((2, 3, 4), np.dtype("<i4"))
    for order, axes in (("F", (2, 1, 0)), ("C", (0, 1, 2))):
        document = {"name": "transpose", "configuration": {"order": order}}
        codec = TransposeCodec.from_dict(document)
        assert codec.to_dict() == document
        assert codec.resolve(spec) == TransposeCodec(axes)
        with pytest.raises(CodecValidationError, match="must be a permutation"):
            TransposeCodec(order)  # new arrays have the permutation


def test_configuration(battery):
    battery.configs(TransposeCodec([1, 0]))
    battery.configs(TransposeCodec.from_dict({"name": "transpose", "configuration": {"order": "F"}}))
    assert TransposeCodec((1, 0)).to_dict() == {"name": "transpose", "configuration": {"order": [1, 0]}}
    for bad in ([0, 0], [1, 2], [-1, 0], ["a"], "K", 3, None):
        with pytest.raises(CodecValidationError, match="transpose"):
            TransposeCodec(bad)
    with pytest.raises(CodecValidationError, match="dimensions"):
        TransposeCodec((1, 0)).resolve(ChunkSpec((2,), np.dtype("<i4")))

from __future__ import annotations

import numpy as np
import pytest

from zarrc.codecs import Chain, ChunkSpec, ReshapeCodec
from zarrc.errors import CodecError, CodecValidationError

LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}


@pytest.mark.parametrize(
    ("shape", "target", "expected"),
    [
        ((2, 3), [[0, 1]], (6,)),
        ((2, 3), [-1], (6,)),
        ((4, 6, 5), [[0], -1, 3], (4, 10, 3)),
        ((100, 50, 64, 3), [[0, 1], [2], 3], (5000, 64, 3)),
        ((2, 3), [1, [0], [1], 1], (1, 2, 3, 1)),
        ((6,), [2, 3], (2, 3)),
        ((), [1], (1,)),
        ((2, 0), [[0, 1]], (0,)),
        ((3,), [[], [0]], (1, 3)),
    ],
)
def test_shapes(shape, target, expected):
    codec = ReshapeCodec(target).resolve(ChunkSpec(shape, np.dtype("<i4")))
    assert codec.output_spec(ChunkSpec(shape, np.dtype("<i4"))).shape == expected
    values = np.arange(np.prod(shape, dtype=int), dtype="<i4").reshape(shape)
    assert codec.encode(values).shape == expected
    assert codec.encode(values.T.copy().T).reshape(-1).tolist() == values.reshape(-1).tolist(), "C order"
    assert codec.decode(codec.encode(values)).tolist() == values.tolist()


@pytest.mark.parametrize(
    ("shape", "target"),
    [
        ((2, 3), [5]),
        ((2, 3), [-1, 4]),
        ((2, 3), [[0, 2]]),
        ((2, 3, 4), [[1], 2, 4]),
        ((2, 3, 4), [3, [1], 4]),
        ((2, 3), [[0]]),
        ((2, 0), [-1, 0]),
    ],
)
def test_shapes_that_do_not_fit(shape, target):
    with pytest.raises(CodecValidationError, match="reshape"):
        ReshapeCodec(target).resolve(ChunkSpec(shape, np.dtype("<i4")))


@pytest.mark.parametrize("target", [5, [-1, -1], [0], [[1], [0]], [[1, 0]], [[0, 0]], [1.5], ["1"], [-2]])
def test_malformed(target):
    with pytest.raises(CodecValidationError, match="reshape"):
        ReshapeCodec(target)


def test_in_a_chain(battery):
    battery.configs(ReshapeCodec([[0, 1], -1]))
    transpose = {"name": "transpose", "configuration": {"order": [1, 0, 2]}}
    reshape = {"name": "reshape", "configuration": {"shape": [[0, 1], 4]}}
    spec = ChunkSpec((2, 3, 4), np.dtype("<i4"))
    values = np.arange(24, dtype="<i4").reshape(2, 3, 4)
    chain = Chain.from_v3([transpose, reshape, LITTLE], spec)
    assert chain.encode_chunk(values) == values.transpose(1, 0, 2).tobytes()
    assert chain.decode_chunk(chain.encode_chunk(values)).tolist() == values.tolist()
    assert chain.native_plan().order == (1, 0, 2), "elements stay in C order: nothing to do for the C core"
    after = {"name": "transpose", "configuration": {"order": [1, 0]}}
    assert Chain.from_v3([reshape, after, LITTLE], spec).native_plan() is None
    shard = {"name": "sharding_indexed", "configuration": {"chunk_shape": [3, 4]}}
    sharded = Chain.from_v3([reshape, shard], spec)
    assert sharded.native_plan() is None
    assert sharded.decode_chunk(sharded.encode_chunk(values)).tolist() == values.tolist()
    with pytest.raises(CodecError):
        chain.codecs[1].decode(np.zeros(23))

"""Codecs of ``zarr.codecs.numcodecs`` that are made without the parameters that they need."""

from __future__ import annotations

import pickle

import pytest

import zarrc
from zarrc.codecs import numcodecs
from zarrc.errors import CodecValidationError

NEEDED = {
    "AsType": {"encode_dtype": "<f4"},
    "BitRound": {"keepbits": 3},
    "FixedScaleOffset": {"offset": 1, "scale": 2.5},
    "Quantize": {"digits": 2},
}


@pytest.mark.parametrize("name", NEEDED)
def test_made_empty_and_refused_by_arrays(name):
    cls, parameters = getattr(numcodecs, name), NEEDED[name]
    empty = cls()
    assert pickle.loads(pickle.dumps(empty)) == empty
    assert hash(empty) == hash(cls())
    assert not empty.to_dict()["configuration"].keys() & parameters.keys()
    assert cls.from_dict(empty.to_dict()) == empty
    for key in parameters:
        part = cls(**{k: v for k, v in parameters.items() if k != key})
        with pytest.raises(CodecValidationError, match=rf"{part.name}.* needs .*{key}"):
            zarrc.create_array({}, shape=4, dtype="f8", filters=[part])


@pytest.mark.parametrize("name", NEEDED)
def test_with_their_parameters_they_work(name):
    codec = getattr(numcodecs, name)(**NEEDED[name])
    array = zarrc.create_array({}, shape=4, dtype="f8", filters=[codec])
    array[...] = [1, 2, 3, 4]
    assert array[...] == pytest.approx([1, 2, 3, 4], rel=0.1)
    assert type(codec).from_dict(codec.to_dict()) == codec
    for key in NEEDED[name]:
        with pytest.raises(CodecValidationError, match=key):
            type(codec)(**{**NEEDED[name], key: "nonsense" if key != "encode_dtype" else "no type"})

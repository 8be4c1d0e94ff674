"""Names of zarr-python's former enumerations."""

from __future__ import annotations

import enum
import warnings

import pytest

from zarrc import codecs
from zarrc.codecs import BloscCodec, BytesCodec, ShardingCodec
from zarrc.codecs.choices import BLOSC_CNAME, BLOSC_SHUFFLE, ENDIAN, INDEX_LOCATION


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("BloscCname", BLOSC_CNAME),
        ("BloscShuffle", BLOSC_SHUFFLE),
        ("Endian", ENDIAN),
        ("ShardingCodecIndexLocation", INDEX_LOCATION),
    ],
)
def test_members_are_strings_and_deprecated(name, members):
    for member in members:
        with pytest.warns(DeprecationWarning, match=f"{name}.{member}"):
            value = getattr(getattr(codecs, name), member)
        assert type(value) is str
        assert value == member
    with pytest.raises(AttributeError, match="no member 'other'"):
        _ = getattr(codecs, name).other


@pytest.mark.parametrize("base", [(enum.Enum,), (str, enum.Enum), (enum.StrEnum,)])
def test_members_of_others_become_strings_with_a_warning(base):
    def make(cls, value):
        member = base[0](f"Old{value}", {"x": value}) if len(base) == 1 else enum.Enum("Old", {"x": value}, type=str)
        return lambda key, **more: cls(**{key: member.x}, **more)

    for cls, key, value, more in (
        (BytesCodec, "endian", "big", {}),
        (BloscCodec, "cname", "lz4", {}),
        (BloscCodec, "shuffle", "bitshuffle", {}),
        (ShardingCodec, "index_location", "start", {"chunk_shape": (2,)}),
    ):
        with pytest.warns(DeprecationWarning, match=f"Passing an enum to {cls.__name__}") as seen:
            codec = make(cls, value)(key, **more)
        assert type(getattr(codec, key)) is str
        assert getattr(codec, key) == value
        assert seen[0].filename == __file__  # the line that made the codec


def test_strings_and_documents_give_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for codec in (BloscCodec(shuffle="shuffle", cname="zlib"), BytesCodec("big"), ShardingCodec((2,))):
            assert type(codec).from_dict(codec.to_dict()) == codec

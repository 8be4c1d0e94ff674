from __future__ import annotations

import re

import pytest

from zarrc.codecs import Codec, ZfpCodec, ZstdCodec, get_codec
from zarrc.codecs.options import misfit
from zarrc.errors import CodecValidationError


@pytest.mark.parametrize(
    ("codec", "reason"),
    [
        (
            {"name": "zstd", "configuration": {"levl": 9}},
            "codec 'zstd': bad configuration {'levl': 9}: no option 'levl' (did you mean 'level'?); its options are: "
            "level, checksum",
        ),
        (
            {"name": "zfp"},
            "codec 'zfp': bad configuration {}: option 'mode' is missing; its options are: mode (required), tolerance, "
            "rate, precision",
        ),
        ({"name": "transpose", "configuration": {"axes": [0]}}, "no option 'axes', option 'order' is missing"),
    ],
)
def test_errors_say_which_options_there_are(codec, reason):
    with pytest.raises(CodecValidationError, match=re.escape(reason)):
        get_codec(codec, 3)


def test_names_that_fit():
    assert misfit(ZstdCodec, {"level": "much"}) == ""
    assert misfit(ZfpCodec, {"mode": None, "rate": {}}) == ""


def test_any_number_of_unknown_options():
    assert misfit(ZstdCodec, {f"option{i}": i for i in range(10**5)}).count("no option") == 3


def test_a_class_that_takes_every_option():
    class Anything(Codec):
        def __init__(self, **options: object) -> None:
            raise TypeError("not these")

    with pytest.raises(CodecValidationError, match="not these"):
        Anything.from_config({"id": "anything", "a": 1})


def test_a_class_without_options():
    class Nothing(Codec):
        name = "example.nothing"

    assert misfit(Nothing, {"a": 1}) == "no option 'a'; its options are: none"

from __future__ import annotations

import pytest

from zarrc.nearest import did_you_mean, nearest

KNOWN = ["blosc", "gzip", "numcodecs.lz4", "numcodecs.zstd", "zstd"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("zst", ["zstd", "numcodecs.zstd"]),
        ("lz4", ["numcodecs.lz4"]),
        ("numcodecs.lz", ["numcodecs.lz4"]),
        ("glip", ["gzip"]),
        ("nothing-of-the-kind", []),
        ("", []),
        ("zstd" * 17, []),
    ],
)
def test_the_likeliest_names_come_first(name, expected):
    assert nearest(name, KNOWN)[: len(expected) or None] == expected


def test_no_more_than_asked_for():
    assert len(nearest("level1", ["level2", "level3", "level4"], 2)) == 2


def test_the_question():
    assert did_you_mean("glip", KNOWN) == " (did you mean 'gzip'?)"
    assert did_you_mean("zst", KNOWN).startswith(" (did you mean 'zstd' or ")
    assert did_you_mean("nothing-of-the-kind", KNOWN) == ""

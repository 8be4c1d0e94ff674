"""Chunk key encodings beyond default and v2."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zarrc.errors import MetadataValidationError, UnknownKeyEncodingError
from zarrc.metadata.keys import KeyEncoding, key_encoding


def config(name: str, **configuration: Any) -> dict[str, Any]:
    return {"name": name, "configuration": configuration}


DEFAULT, V2 = {"name": "default"}, {"name": "v2"}

CASES = [
    (config("suffix", suffix=".tiff", base_encoding=DEFAULT), (1, 2), "c/1/2.tiff"),
    (config("suffix", suffix=".tiff", base_encoding="default"), (), "c.tiff"),
    ({"name": "suffix", "configuration": {"suffix": ".shard.zip", "base-encoding": V2}}, (1, 2), "1.2.shard.zip"),
    (config("suffix", suffix="b", base_encoding=config("suffix", suffix="a", base_encoding=V2)), (7,), "7ab"),
    (config("suffix", suffix="/data", base_encoding=V2), (7,), "7/data"),
    (config("zarrs.default_suffix", suffix=".tiff"), (1, 23, 45), "c/1/23/45.tiff"),
    (config("zarrs.default_suffix", suffix=".tiff", separator="."), (1, 23), "c.1.23.tiff"),
    (config("zarrs.default_suffix", suffix=".tiff"), (), "c.tiff"),
    (config("fanout", max_children=101), (), "c"),
    (config("fanout", max_children=101), (123,), "d0/1/23/c"),
    (config("fanout", max_children=101), (1234, 5, 67890), "d0/12/34/d1/5/d2/6/78/90/c"),
    (config("fanout", max_children=101), (0, 100), "d0/0/d1/1/0/c"),
    ("fanout", (1000, 999), "d0/1/0/d1/999/c"),
    (config("template", format="images/{-1}/{*:04}.jpeg", separator="_"), (1, 2, 3), "images/3/0001_0002.jpeg"),
    (config("template", format="{2}-{0}_{1}"), (1, 2, 3), "3-1_2"),
    (config("template", template="{{{0:03}}}"), (5,), "{005}"),
    (config("template", format="{0:02}"), (12345,), "12345"),
    (config("template", format="{*}", separator="/"), (1, 2, 3), "1/2/3"),
]


@pytest.mark.parametrize(("json", "coords", "key"), CASES)
def test_keys(json: Any, coords: tuple[int, ...], key: str) -> None:
    encoding = key_encoding(json, "d")
    encoding.check_ndim(len(coords))
    assert encoding.encode(coords) == key
    assert encoding.encode_chunk_key(coords) == key
    assert not encoding.native
    again = key_encoding(encoding.to_dict(), "d")
    assert again.encode(coords) == key
    assert again == encoding
    assert hash(again) == hash(encoding)
    assert pickle.loads(pickle.dumps(encoding)) == encoding
    assert encoding != KeyEncoding("default", "/")
    with pytest.raises(AttributeError):
        encoding.name = "v2"


@pytest.mark.parametrize(
    "json",
    [
        config("suffix", suffix=".tiff"),
        config("suffix", base_encoding=V2),
        config("suffix", suffix=5, base_encoding=V2),
        config("suffix", suffix="/../../x", base_encoding=V2),
        config("suffix", suffix="/", base_encoding=V2),
        config("suffix", suffix="/zarr.json", base_encoding=V2),
        config("suffix", suffix="\0", base_encoding=V2),
        config("suffix", suffix=".t", base_encoding=V2, more=1),
        config("suffix", suffix=".t", base_encoding={"name": "no_such"}),
        {"name": "suffix", "configuration": {"suffix": "a", "base-encoding": V2, "base_encoding": V2}},
        config("zarrs.default_suffix", suffix=".t", separator="-"),
        config("zarrs.default_suffix"),
        config("fanout", max_children=3),
        config("fanout", max_children=10.0),
        config("fanout", max_children=True),
        config("fanout", base=10),
        config("template", format="none"),
        config("template", format="{*}"),
        config("template", format="{*}{*}", separator="/"),
        config("template", format="{*}", separator="/../"),
        config("template", format="{*}", separator="//"),
        config("template", format="/{0}"),
        config("template", format="a/../{0}"),
        config("template", format="{0"),
        config("template", format="{0:5}"),
        config("template", format="{00}"),
        config("template", format="{0:09999}"),
        config("template", format="{x}"),
        config("template"),
        "template",
    ],
)
def test_refused(json: Any) -> None:
    with pytest.raises(MetadataValidationError, match=r"^d: key 'chunk_key_encoding'"):
        key_encoding(json, "d")


@pytest.mark.parametrize("name", ["morton", "zarrs.other", "Default"])
def test_unknown(name: str) -> None:
    with pytest.raises(UnknownKeyEncodingError, match=name):
        key_encoding({"name": name}, "d")
    with pytest.raises(UnknownKeyEncodingError):
        KeyEncoding(name, "/")


def test_deep_nesting() -> None:
    json: Any = V2
    for _ in range(5000):
        json = config("suffix", suffix="a", base_encoding=json)
    with pytest.raises(MetadataValidationError, match="too deeply"):
        key_encoding(json, "d")


@pytest.mark.parametrize(
    ("text", "ndim"), [("{0}", 2), ("{0}{0}", 1), ("{0}{-1}", 1), ("{1}", 1), ("{-2}", 1), ("{0}{*}", 1), ("{0}", 0)]
)
def test_template_and_rank(text: str, ndim: int) -> None:
    encoding = key_encoding(config("template", format=text, separator="_"), "d")
    with pytest.raises(MetadataValidationError, match="axes"):
        encoding.check_ndim(ndim)
    with pytest.raises(MetadataValidationError, match="axes"):
        encoding.encode((0,) * ndim)


@given(st.lists(st.lists(st.integers(0, 10**7), min_size=2, max_size=2).map(tuple), min_size=2, unique=True))
def test_no_two_chunks_share_a_key(chunks: list[tuple[int, int]]) -> None:
    for json in ("fanout", config("fanout", max_children=4), config("template", format="{1}/{0:03}")):
        encoding = key_encoding(json, "d")
        keys = [encoding.encode(coords) for coords in chunks]
        assert len(set(keys)) == len(keys)
        # a chunk is a file: no other chunk may lie below it
        assert not any(a != b and b.startswith(a + "/") for a in keys for b in keys)


def test_fanout_is_bounded() -> None:
    encoding = key_encoding(config("fanout", max_children=5), "d")
    children: dict[str, set[str]] = {}
    for i in range(70):
        for j in range(20):
            parts = encoding.encode((i, j)).split("/")
            for depth, part in enumerate(parts):
                children.setdefault("/".join(parts[:depth]), set()).add(part)
    assert max(map(len, children.values())) <= 5

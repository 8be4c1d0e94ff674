from __future__ import annotations

import sys

import numpy as np
import pytest

from zarrc.codecs import ChunkSpec, codec_names, get_codec, native_names
from zarrc.codecs.delta import NATIVE_TYPES
from zarrc.errors import MissingDependencyError

F4 = ChunkSpec((4,), np.dtype("<f4"))


@pytest.fixture
def core(monkeypatch):
    """What the core says it has."""

    def has(*names: str) -> None:
        monkeypatch.setattr(native_names, "_core", type("Core", (), {"native_codecs": staticmethod(lambda: names)}))
        native_names.native_codecs.cache_clear()

    yield has
    native_names.native_codecs.cache_clear()


CONFIGS = [
    ({"id": "crc32"}, (1,)),
    ({"id": "adler32", "location": "end"}, (0,)),
    ({"id": "fletcher32"}, ()),
    ({"id": "bitround", "keepbits": 3}, (4, 0, 3)),
    (
        {"id": "fixedscaleoffset", "scale": 2, "offset": -1, "dtype": "<f4", "astype": ">i2"},
        (8, 0, 1, 1, 0x4000000000000000, -0x4010000000000000),
    ),
    ({"id": "quantize", "digits": 1, "dtype": "<f4", "astype": "<f8"}, (8, 0, 9, 0, 0x4030000000000000)),
    ({"id": "astype", "encode_dtype": "<f8", "decode_dtype": "<f4"}, (8, 0, 9, 0)),
]


@pytest.mark.parametrize(("config", "params"), CONFIGS, ids=[config["id"] for config, _ in CONFIGS])
def test_steps_are_named_only_when_the_core_has_them(core, config, params):
    codec = get_codec(config, 2).resolve(F4)
    core("zstd")
    assert codec.native(F4) is None
    core("zstd", config["id"])
    assert codec.native(F4) == (config["id"], params)


def test_mixtures_stay_with_numpy(core):
    core("fixedscaleoffset", "astype", "bitround", "quantize", "packbits")
    for config in (
        {"id": "fixedscaleoffset", "scale": 2, "offset": 1, "dtype": "<i4"},
        {"id": "astype", "encode_dtype": "<i4", "decode_dtype": "<f4"},
        {"id": "quantize", "digits": 1, "dtype": "<f2"},
    ):
        assert get_codec(config, 2).native(F4) is None
    flags = ChunkSpec((4,), np.dtype(bool))
    assert get_codec({"id": "packbits"}, 2).native(flags) == ("packbits", ())
    assert get_codec("numcodecs.packbits", 3).native(flags) is None
    assert len(NATIVE_TYPES) == 10


@pytest.mark.parametrize(
    ("config", "package", "shape"),
    [
        ({"id": "msgpack2"}, "msgpack", (4,)),
        ({"id": "pcodec"}, "pcodec", (4,)),
        ({"id": "zfpy"}, "zfpy", (4,)),
        ({"id": "snappy"}, "snappy", (4,)),
    ],
)
def test_missing_packages(monkeypatch, config, package, shape):
    monkeypatch.setitem(sys.modules, package, None)
    codec = get_codec(config, 2).resolve(F4)
    with pytest.raises(MissingDependencyError, match=f"pip install .*{package}"):
        codec.encode(np.zeros(shape, "<f4"))


def test_lists_of_names():
    for name in codec_names(2):
        assert f"numcodecs.{name}" in codec_names(3)

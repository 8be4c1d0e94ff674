from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import zarrc.codecs
import zarrc.codecs.numcodecs as named
from zarrc.codecs import (
    BloscCodec,
    BytesCodec,
    Codec,
    Crc32cCodec,
    DeltaCodec,
    GzipCodec,
    ShuffleCodec,
    TransposeCodec,
    ZlibCodec,
    ZstdCodec,
    codec_names,
    get_codec,
    parse_codec,
    register_codec,
    unregister_codec,
)
from zarrc.codecs.packages import require
from zarrc.codecs.registry import get_codec_class
from zarrc.errors import CodecValidationError, MissingDependencyError, UnknownCodecError


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_every_name_is_a_class_that_knows_its_name(zarr_format):
    for name in codec_names(zarr_format):
        cls = get_codec_class(name, zarr_format)
        assert issubclass(cls, Codec)
        own = cls.name if zarr_format == 3 else cls.codec_id
        assert own == {"endian": "bytes", "zarrs.optional": "optional"}.get(name, name)


@pytest.mark.parametrize("module", [zarrc.codecs, named])
def test_public_names(module):
    for name in module.__all__:
        assert getattr(module, name) is not None
        assert name in dir(module)
    with pytest.raises(AttributeError):
        module.NoSuchCodec  # noqa: B018


def test_unknown_codecs():
    with pytest.raises(UnknownCodecError, match=r"'lzo' is not available \(did you mean 'lz4'\?\)\. .*register_codec"):
        get_codec({"id": "lzo"}, 2)
    with pytest.raises(UnknownCodecError, match=r"did you mean 'numcodecs\.lz4'\?.*codec_names\(3\) lists"):
        get_codec("lz4", 3)
    with pytest.raises(UnknownCodecError, match="v3"):
        get_codec({"name": "lzo", "must_understand": False}, 3)


@pytest.mark.parametrize("given", [3, None, "zstd", ZstdCodec(), int])
def test_only_codec_classes_are_registered(given):
    with pytest.raises(TypeError, match=r"register_codec takes a subclass of zarrc\.codecs\.Codec, not "):
        register_codec(given)


@pytest.mark.parametrize("entry", [{}, {"name": 3}, {"name": "zstd", "configuration": [1]}, None, 7])
def test_malformed_entries(entry):
    with pytest.raises(CodecValidationError):
        get_codec(entry, 3)


def test_parse_turns_everything_into_the_codec_of_the_format():
    assert parse_codec("zstd", 3) == parse_codec("zstd", 2) == ZstdCodec()
    assert parse_codec({"id": "gzip", "level": 3}, 3) == GzipCodec(3)
    assert parse_codec({"name": "gzip", "configuration": {"level": 3}}, 2) == GzipCodec(3)
    assert parse_codec(named.Delta("<i4"), 2) == DeltaCodec("<i4")
    assert parse_codec(DeltaCodec("<i4"), 3) == named.Delta("<i4")
    assert type(parse_codec(DeltaCodec("<i4"), 3)) is named.Delta
    assert parse_codec(Crc32cCodec("start"), 3) == named.CRC32C("start")
    assert parse_codec({"name": "numcodecs.zstd", "configuration": {"level": 2}}, 3) == named.Zstd(2)
    assert parse_codec(named.Zstd(2), 2) == ZstdCodec(2)
    codec = BloscCodec()
    assert parse_codec(codec, 3) is codec
    for only_v3 in (BytesCodec(), TransposeCodec((0,))):
        with pytest.raises(CodecValidationError, match="does not exist in Zarr v2"):
            parse_codec(only_v3, 2)
    with pytest.raises(CodecValidationError, match="not a codec"):
        parse_codec(5, 3)


def test_parse_numcodecs_objects():
    numcodecs = pytest.importorskip("numcodecs")
    for zarr_format in (2, 3):
        assert parse_codec(numcodecs.Zstd(3, True), zarr_format) == ZstdCodec(3, True)
        assert parse_codec(numcodecs.Zlib(3), zarr_format) == ZlibCodec(3)
        assert parse_codec(numcodecs.Blosc("zstd", 3, 2), zarr_format) == BloscCodec(None, "zstd", 3, "bitshuffle")
        assert parse_codec(numcodecs.Shuffle(2), zarr_format) == ShuffleCodec(2)


@pytest.mark.filterwarnings("ignore:Numcodecs codecs")
def test_parse_zarr_python_objects():
    theirs = pytest.importorskip("zarr.codecs")
    wrapped = pytest.importorskip("zarr.codecs.numcodecs")
    assert parse_codec(theirs.BytesCodec(endian="big"), 3) == BytesCodec("big")
    assert parse_codec(theirs.TransposeCodec(order=(1, 0)), 3) == TransposeCodec((1, 0))
    assert parse_codec(theirs.BloscCodec(), 3) == BloscCodec(), "what an array decides stays open"
    assert parse_codec(theirs.BloscCodec(typesize=4), 3) == BloscCodec(4)
    assert parse_codec(theirs.Crc32cCodec(), 3) == Crc32cCodec()
    assert parse_codec(theirs.ZstdCodec(level=4), 2) == ZstdCodec(4)
    assert parse_codec(wrapped.Zlib(level=4), 3) == ZlibCodec(4)
    assert parse_codec(wrapped.Delta(dtype="<i4"), 3) == named.Delta("<i4")


def test_register_and_unregister():
    class Upper(Codec):
        name = "example.upper"
        codec_id = "upper"

        def to_dict(self):
            return {"name": self.name}

        def get_config(self):
            return {"id": self.codec_id}

    assert register_codec(Upper) is Upper
    try:
        assert isinstance(get_codec("example.upper", 3), Upper)
        assert isinstance(get_codec({"id": "upper"}, 2), Upper)
        codec = Upper()
        assert parse_codec(codec, 2) is codec
        with pytest.raises(CodecValidationError, match="upper"):
            get_codec({"id": "upper", "level": 3}, 2)
    finally:
        unregister_codec(Upper)
    with pytest.raises(UnknownCodecError):
        get_codec("example.upper", 3)
    with pytest.raises(CodecValidationError, match="neither"):
        register_codec(type("Nameless", (Codec,), {}))


def test_packages_are_imported_at_first_use_only():
    code = """
        import sys
        from zarrc.codecs import get_codec
        for name in ("zstd", "blosc", "numcodecs.lz4"):
            get_codec(name, 3)
        print([m for m in ("zstandard", "lz4", "snappy", "blosc2", "numcodecs") if m in sys.modules])
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    output = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=Path.cwd(),
    )
    assert output.stdout.strip() == "[]"


def test_a_missing_package_says_what_to_install():
    with pytest.raises(MissingDependencyError, match="pip install nosuchpackage"):
        require("nosuchpackage.module", "nosuchpackage", "example")

"""``zarr.registry``: which classes are found, and how the configuration chooses among several."""

from __future__ import annotations

import pytest

import zarrc
from zarrc import registry
from zarrc.codecs import BytesCodec, GzipCodec, implementations
from zarrc.errors import BadConfigError, UnknownCodecError, ZarrUserWarning


class OtherGzip(GzipCodec):
    """A second class of a built-in name."""


@pytest.fixture
def other():
    registry.register_codec("gzip", OtherGzip)
    yield f"{__name__}.OtherGzip"
    implementations.CODECS.pop("gzip")


def test_built_in_classes():
    assert registry.get_codec_class("bytes") is BytesCodec
    with pytest.raises(UnknownCodecError, match="no_such_codec"):
        registry.get_codec_class("no_such_codec")


def test_a_registered_class_comes_first(other):
    assert registry.get_codec_class("gzip") is OtherGzip
    z = zarrc.create_array({}, shape=(2,), dtype="i4", compressors={"name": "gzip"})
    assert type(z.compressors[0]) is OtherGzip
    for name in ("zarr.codecs.gzip.GzipCodec", "zarrc.codecs.gzip.GzipCodec"):
        with zarrc.config.set({"codecs.gzip": name}):
            assert registry.get_codec_class("gzip") is GzipCodec
    with zarrc.config.set({"codecs.gzip": other}):
        assert registry.get_codec_class("gzip") is OtherGzip


def test_a_choice_that_is_not_registered():
    with zarrc.config.set({"codecs.bytes": "some.Other"}), pytest.raises(BadConfigError, match=r"some\.Other"):
        registry.get_codec_class("bytes")


def test_several_without_a_choice(other):
    registry.register_codec("gzip", type("ThirdGzip", (GzipCodec,), {}))
    with pytest.warns(ZarrUserWarning, match="gzip"):
        assert registry.get_codec_class("gzip").__name__ == "ThirdGzip"


@pytest.mark.parametrize(
    ("name", "package"),
    [("n5_default", "zarr-n5"), ("imagecodecs_png", "imagecodecs-zarr"), ("omfiles.pfor", "omfiles")],
)
def test_the_message_names_the_package(name, package):
    with pytest.raises(UnknownCodecError, match=package):
        registry.get_codec_class(name)


def test_a_codec_that_nothing_writes():
    with pytest.raises(UnknownCodecError, match="nothing writes it"):
        zarrc.create_array({}, shape=(2,), dtype="i4", compressors={"name": "conditional"})


def test_numcodecs():
    numcodecs = pytest.importorskip("numcodecs")
    assert registry.get_numcodec({"id": "gzip", "level": 2}) == numcodecs.GZip(level=2)
    with pytest.raises(UnknownCodecError, match="kerchunk"):
        registry.get_numcodec({"id": "grib"})
    with pytest.raises(ValueError, match="codec not available"):
        registry.get_numcodec({"level": 2})


def test_buffers_pipelines_and_keys():
    assert registry.get_buffer_class() is zarrc.buffer.cpu.Buffer
    assert registry.get_ndbuffer_class() is zarrc.buffer.cpu.NDBuffer
    own = type("Own", (zarrc.buffer.cpu.Buffer,), {"__module__": "somewhere"})
    registry.register_buffer(own)
    with zarrc.config.set({"buffer": "somewhere.Own"}):
        assert registry.get_buffer_class() is own
    with zarrc.config.set({"buffer": "nowhere"}), pytest.raises(BadConfigError, match="nowhere"):
        registry.get_buffer_class()
    pipeline = type("Pipeline", (), {"__module__": "somewhere"})
    registry.register_pipeline(pipeline)
    with zarrc.config.set({"codec_pipeline.path": "somewhere.Pipeline"}):
        assert registry.get_pipeline_class() is pipeline
    registry.register_chunk_key_encoding("odd", dict)
    assert registry.get_chunk_key_encoding_class("odd") is dict
    with pytest.raises(KeyError):
        registry.get_chunk_key_encoding_class("no_such_encoding")


def test_entry_points_are_queued():
    found = registry._collect_entrypoints()
    assert all(isinstance(one, registry.Registry) for one in found)

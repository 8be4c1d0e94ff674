"""Configuration: defaults, environment, assignments that are undone."""

from __future__ import annotations

import threading
import warnings

import pytest

from zarrc.config import _DEFAULTS, CHOICES, Config, config
from zarrc.errors import BadConfigError, ZarrUserWarning


@pytest.fixture
def fresh() -> Config:
    return Config(_DEFAULTS)


def test_defaults(fresh: Config) -> None:
    assert fresh.get("default_zarr_format") == 3
    assert fresh.get("array.order") == "C"
    assert fresh.get("array") == fresh.config["array"]
    assert fresh["async.concurrency"] == 10
    assert "json_indent" in fresh
    assert "no.such.key" not in fresh
    assert fresh.get("array.no", 5) == 5
    assert fresh.get("array.order.deeper", None) is None
    with pytest.raises(KeyError):
        fresh.get("array.no")


def test_set_for_good_and_for_a_while(fresh: Config) -> None:
    fresh.set({"array.order": "F"})
    with fresh.set({"array.order": "C", "new.deep.key": 1}, json_indent=0, array__write_empty_chunks=True) as inside:
        assert inside is fresh.config
        assert fresh.get("array.order") == "C"
        assert fresh.get("new.deep.key") == 1
        assert fresh.get("json_indent") == 0
        assert fresh.get("array.write_empty_chunks") is True
        with fresh.set({"new.deep.key": 2, "new.deep.other": 3}):
            assert fresh.get("new.deep") == {"key": 2, "other": 3}
        assert fresh.get("new.deep") == {"key": 1}
    assert fresh.get("array.order") == "F"
    assert "new" not in fresh
    assert fresh.get("json_indent") == 2
    fresh.reset()
    assert fresh.get("array.order") == "C"


def test_value_replaced_by_section_and_back(fresh: Config) -> None:
    with fresh.set({"json_indent.deep": 1}):
        assert fresh.get("json_indent.deep") == 1
    assert fresh.get("json_indent") == 2


def test_undone_after_an_error(fresh: Config) -> None:
    with pytest.raises(RuntimeError), fresh.set({"array.order": "F"}):
        raise RuntimeError
    assert fresh.get("array.order") == "C"


def test_paths_of_other_pipelines_are_accepted(fresh: Config) -> None:
    path = "zarr.core.codec_pipeline.FusedCodecPipeline"
    fresh.set({"codec_pipeline.path": path, "codec_pipeline.max_workers": None})
    assert fresh.get("codec_pipeline.path") == path
    assert "Batched" not in Config(_DEFAULTS).get("codec_pipeline.path")


def test_names_with_dots(fresh: Config) -> None:
    fresh.update({"codecs": {"numcodecs.zstd": "a.B"}})
    assert fresh.get("codecs.numcodecs.zstd") == "a.B"
    assert fresh.get("codecs") == {"numcodecs.zstd": "a.B"}


def test_dash_is_underscore(fresh: Config) -> None:
    assert fresh.get("array.write-empty-chunks") is False
    with fresh.set({"array.write-empty-chunks": True}):
        assert fresh.get("array.write_empty_chunks") is True
    assert fresh.config["array"].keys() == _DEFAULTS["array"].keys()


def test_environment(fresh: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZARR_ARRAY__ORDER", "F")
    monkeypatch.setenv("ZARR_JSON_INDENT", "4")
    monkeypatch.setenv("ZARRC_ASYNC__CONCURRENCY", "3")
    monkeypatch.setenv("ZARR_ASYNC__CONCURRENCY", "2")
    monkeypatch.setenv("ZARR_ARRAY__WRITE_EMPTY_CHUNKS", "True")
    monkeypatch.setenv("ZARR_NEW__KEY", "[1, 2]")
    monkeypatch.setenv("ZARRC_KERNELS", "scalar")
    monkeypatch.setenv("ZARR_BROKEN__", "1")
    fresh.reset()
    assert fresh.get("array.order") == "F"
    assert fresh.get("json_indent") == 4
    assert fresh.get("async.concurrency") == 3
    assert fresh.get("array.write_empty_chunks") is True
    assert fresh.get("new.key") == [1, 2]
    assert "kernels" not in fresh
    monkeypatch.delenv("ZARR_ARRAY__ORDER")
    fresh.refresh()
    assert fresh.get("array.order") == "C"


def test_update(fresh: Config) -> None:
    fresh.update({"array": {"order": "F"}, "x": {"y": 1}}, priority="old")
    assert fresh.get("array.order") == "C"
    assert fresh.get("x.y") == 1
    fresh.update({"array": {"order": "F"}})
    assert fresh.get("array.order") == "F"
    fresh.update_defaults({"array": {"order": "C", "more": 1}})
    assert fresh.get("array.order") == "F"
    fresh.refresh()
    assert fresh.get("array.more") == 1


def test_copies(fresh: Config) -> None:
    copy = fresh.to_dict()
    copy["array"]["order"] = "F"
    assert fresh.get("array.order") == "C"
    assert fresh.defaults[0]["array"]["order"] == "C"


def test_threads_see_whole_states(fresh: Config) -> None:
    seen = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add(fresh.get("array.order"))

    thread = threading.Thread(target=read)
    thread.start()
    for _ in range(200):
        with fresh.set({"array.order": "F"}):
            pass
    stop.set()
    thread.join()
    assert seen <= {"C", "F"}


def test_same_keys_as_zarr_python() -> None:
    theirs = pytest.importorskip("zarr").config
    for section in ("array", "async", "threading", "codec_pipeline"):
        assert theirs.defaults[0][section].keys() <= config.get(section).keys()
    assert theirs.defaults[0].keys() <= config.config.keys()


@pytest.mark.parametrize("key", ["array.v2_default_compressor.numeric", "array.v3-default-compressors"])
def test_keys_that_nothing_follows(key):
    with pytest.raises(ValueError, match="was removed"):
        config.set({key: "zstd"})
    assert config.get(key, None) is None


@pytest.mark.parametrize("key", CHOICES)
def test_values_that_every_array_would_refuse(fresh: Config, key: str) -> None:
    default = fresh.get(key)
    assert default == CHOICES[key][0]
    for value in ("never", None, ["none"]):
        with pytest.raises(BadConfigError, match=f"{key} must be one of '{default}', "):
            fresh.set({key: value})
    assert fresh.get(key) == default
    for value in CHOICES[key]:
        with fresh.set({key: value}):
            assert fresh.get(key) == value


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("array.concurency", "array.concurrency"),
        ("array.write-empty-chunk", "array.write_empty_chunks"),
        ("aray.order", "array.order"),
        ("threading.max_worker", "threading.max_workers"),
        ("async.timeot", "async.timeout"),
    ],
)
def test_unknown_keys_that_look_like_known_ones(fresh: Config, key: str, near: str, monkeypatch) -> None:
    with pytest.warns(ZarrUserWarning, match=f"the configuration key '{key}' is unknown: did you mean '{near}'"):
        fresh.set({key: 1})
    assert fresh.get(key) == 1
    variable = f"ZARRC_{key.upper().replace('.', '__').replace('-', '_')}"
    monkeypatch.setenv(variable, "1")
    with pytest.warns(ZarrUserWarning, match=f"the environment variable {variable} is unknown: did you mean '{near}'"):
        fresh.refresh()


def test_other_unknown_keys_are_none_of_our_business(fresh: Config, monkeypatch) -> None:
    monkeypatch.setenv("ZARR_OTHER__KEY", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for key in (
            "array.compression",
            "codecs.bloscc",
            "other.key",
            "json_ident",
            "array.order.deeper",
            "array.read-missing-chunks",
        ):
            with fresh.set({key: 1}):
                assert fresh.get(key) == 1
        fresh.refresh()

"""Classes of other packages: codecs, buffers, chunk key encodings and pipelines, under the names of ``zarr.registry``.

A codec class, written against `zarrc.abc.codec` or one of zarrc's own, is used in arrays whose v3 metadata name it.
Where several classes have one name, the configuration's ``codecs.<name>`` says which. Pipelines are kept but not run.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from zarrc.buffer import Buffer, NDBuffer, cpu
from zarrc.codecs import implementations, providers
from zarrc.codecs.implementations import Registry
from zarrc.codecs.registry import get_codec_class as _class_in_arrays
from zarrc.config import config
from zarrc.dtypes.known import data_type_registry
from zarrc.errors import BadConfigError, UnknownCodecError

_codec_registries = implementations.CODECS
_pipelines: Registry[Any] = Registry()
_buffers: Registry[Buffer] = Registry()
_ndbuffers: Registry[NDBuffer] = Registry()
_chunk_key_encodings: Registry[Any] = Registry()
_GROUPS: dict[str, Registry[Any]] = {
    "codec_pipeline": _pipelines,
    "buffer": _buffers,
    "ndbuffer": _ndbuffers,
    "chunk_key_encoding": _chunk_key_encodings,
}


def _collect_entrypoints() -> list[Registry[Any]]:
    """Queues the entry points of all groups of zarr-python; each is loaded when something of its kind is asked for."""
    implementations.collect_entry_points()
    points = metadata.entry_points()
    for group, registry in _GROUPS.items():
        registry.lazy_load_list.extend(points.select(group=f"zarr.{group}"))
        registry.lazy_load_list.extend(points.select(group="zarr", name=group))
    data_type_registry.collect_entry_points()
    return [*_codec_registries.values(), *_GROUPS.values()]


def register_codec(key: str, codec_cls: type, *, qualname: str | None = None) -> None:
    """Makes a class the codec of a v3 name, or one of several."""
    implementations.register(key, codec_cls, qualname=qualname)


def get_codec_class(key: str, reload_config: bool = False) -> Any:
    """The class for a v3 name, as it was registered.

    Raises
    ------
    UnknownCodecError
        There is none.
    BadConfigError
        The configuration's ``codecs.<key>`` names a class that is not registered.
    """
    if reload_config:
        config.refresh()
    found = _class_in_arrays(key, 3)
    return getattr(found, "theirs", None) or found


def get_numcodec(data: Any) -> Any:
    """The numcodecs codec of v2 metadata, ``{"id": ..., ...}``.

    Raises
    ------
    UnknownCodecError
        numcodecs has no codec of that id.
    """
    module = importlib.import_module("numcodecs.registry")
    codec_id = data.get("id") if isinstance(data, Mapping) else None
    if isinstance(codec_id, str) and codec_id not in module.codec_registry and codec_id not in module.entries:
        raise UnknownCodecError(
            f"numcodecs has no codec {codec_id!r}: install the package that provides it, or register it "
            f"with numcodecs.registry.register_codec{implementations_hint(codec_id)}"
        )
    return module.get_codec(data)


def implementations_hint(codec_id: str) -> str:
    return providers.hint(codec_id, 2)


def register_pipeline(pipe_cls: type) -> None:
    """Keeps a pipeline class, for `get_pipeline_class`."""
    _pipelines.register(pipe_cls)


def register_ndbuffer(cls: type[NDBuffer], qualname: str | None = None) -> None:
    """Makes a class one that the configuration's ``ndbuffer`` can name."""
    _ndbuffers.register(cls, qualname)


def register_buffer(cls: type[Buffer], qualname: str | None = None) -> None:
    """Makes a class one that the configuration's ``buffer`` can name."""
    _buffers.register(cls, qualname)


def register_chunk_key_encoding(key: str, cls: type) -> None:
    """Keeps a class under a name, for `get_chunk_key_encoding_class`."""
    _chunk_key_encodings.register(cls, key)


def get_pipeline_class(reload_config: bool = False) -> Any:
    """The pipeline class that the configuration's ``codec_pipeline.path`` names. Raises `BadConfigError`."""
    return _configured(_pipelines, "codec_pipeline.path", "pipeline", reload_config)


def get_buffer_class(reload_config: bool = False) -> type[Buffer]:
    """The class that the configuration's ``buffer`` names. Raises `BadConfigError`."""
    return _configured(_buffers, "buffer", "buffer", reload_config)


def get_ndbuffer_class(reload_config: bool = False) -> type[NDBuffer]:
    """The class that the configuration's ``ndbuffer`` names. Raises `BadConfigError`."""
    return _configured(_ndbuffers, "ndbuffer", "buffer", reload_config)


def _configured(registry: Registry[Any], key: str, what: str, reload_config: bool) -> Any:
    if reload_config:
        config.refresh()
    registry.lazy_load()
    path = config.get(key)
    if path not in registry:
        raise BadConfigError(f"{what.capitalize()} class {path!r} not found in registered {what}s: {list(registry)}.")
    return registry[path]


def get_chunk_key_encoding_class(key: str) -> Any:
    """The class under a name. Raises ``KeyError``."""
    _chunk_key_encodings.lazy_load(use_entrypoint_name=True)
    if key not in _chunk_key_encodings:
        raise KeyError(f"no chunk key encoding {key!r} is registered; registered are {list(_chunk_key_encodings)}")
    return _chunk_key_encodings[key]


register_buffer(cpu.Buffer, "zarr.buffer.cpu.Buffer")
register_ndbuffer(cpu.NDBuffer, "zarr.buffer.cpu.NDBuffer")
_collect_entrypoints()

__all__ = [
    "Registry",
    "get_buffer_class",
    "get_chunk_key_encoding_class",
    "get_codec_class",
    "get_ndbuffer_class",
    "get_pipeline_class",
    "register_buffer",
    "register_chunk_key_encoding",
    "register_codec",
    "register_ndbuffer",
    "register_pipeline",
]

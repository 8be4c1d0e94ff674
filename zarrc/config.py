"""Run-time configuration: the keys of zarr-python's ``zarr.config``, from defaults, environment and code.

zarr-python uses donfig for this. donfig imports yaml, which alone costs 40 to 50 ms, more than ``import zarrc`` as a
whole may take; so this is an own class with the part of donfig's interface that is in use: `Config.get`,
`Config.set`, `Config.reset`, `Config.refresh`, `Config.update`, `Config.collect`, ``Config.config``,
``Config.defaults``. YAML files are not read.

Environment: ``ZARR_ARRAY__ORDER=F`` sets ``array.order``; ``ZARRC_ARRAY__ORDER`` does too and wins. Values are Python
literals where they parse as such, otherwise text.
"""

from __future__ import annotations

import ast
import os
import warnings
from _thread import RLock  # what threading.RLock is, without the rest of that module
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from zarrc.errors import BadConfigError, ZarrUserWarning
from zarrc.lazy import LazyModule

__all__ = ["Config", "config"]

nearest = LazyModule("zarrc.nearest")

_MISSING: Any = object()

_DEFAULTS: dict[str, Any] = {
    "default_zarr_format": 3,
    "array": {
        "order": "C",
        "write_empty_chunks": False,
        "read_missing_chunks": True,
        "concurrency": "process",
        "durability": "atomic",
        "missing": "fill",
        "target_shard_size_bytes": None,
        "rectilinear_chunks": False,
        "sharding_coalesce_max_gap_bytes": 1 << 20,
        "sharding_coalesce_max_bytes": 16 << 20,
        "allow_unsafe_pickle_decode": False,
    },
    "async": {"concurrency": 10, "timeout": None},
    "threading": {"max_workers": None},
    "json_indent": 2,
    "json_max_bytes": 1 << 28,
    "codec_pipeline": {"path": "zarrc", "batch_size": 1, "max_workers": None},
    "codecs": {},
    "buffer": "zarr.buffer.cpu.Buffer",
    "ndbuffer": "zarr.buffer.cpu.NDBuffer",
}

#: The words that some keys take.
CHOICES: dict[str, tuple[str, ...]] = {
    "array.concurrency": ("process", "thread", "none"),
    "array.durability": ("atomic", "fsync", "none"),
    "array.missing": ("fill", "raise", "mask"),
}

#: Keys that zarr-python 3.1 took away; setting one is an error, since nothing would follow it.
_REMOVED = frozenset(
    f"array.{group}{suffix}"
    for group, suffixes in (
        ("v2_default_compressor", (".numeric", ".string", ".bytes")),
        ("v2_default_filters", (".string", ".bytes")),
        ("v3_default_filters", (".numeric", ".raw", ".bytes")),
        ("v3_default_serializer", (".numeric", ".string", ".bytes")),
        ("v3_default_compressors", (".string", ".bytes", "")),
    )
    for suffix in suffixes
)


class Config:
    """A nested mapping addressed by dotted keys (``"array.order"``).

    Reads take no lock and may run in any thread; writes are serialised and visible to all threads at once.
    ``-`` and ``_`` are the same in keys.

    Parameters
    ----------
    defaults
        Nested dict of default values.
    prefixes
        Environment prefixes, the later ones win.
    """

    def __init__(self, defaults: Mapping[str, Any], prefixes: tuple[str, ...] = ("ZARR_", "ZARRC_")) -> None:
        self.defaults = [_copy(defaults)]
        self.prefixes = prefixes
        self.config: dict[str, Any] = {}
        self.config_lock = RLock()
        self.refresh()

    def get(self, key: str, default: Any = _MISSING) -> Any:
        """The value at a dotted key.

        Raises
        ------
        KeyError
            There is no such key and no default was given.
        """
        found: Any = self.config
        try:
            for part in key.split("."):
                found = found[part]
        except (KeyError, TypeError, IndexError):
            return self._get_other_spelling(key, default)
        return found

    def _get_other_spelling(self, key: str, default: Any) -> Any:
        """As `get`, for keys with the other of "-" and "_", and for names that contain dots ("numcodecs.zstd")."""
        found: Any = self.config
        parts = key.split(".")
        for i, part in enumerate(parts):
            if not isinstance(found, Mapping):
                break
            rest = ".".join(parts[i:])
            if i and rest in found:
                return found[rest]
            name = _spelling(part, found)
            if name not in found:
                break
            found = found[name]
        else:
            return found
        if default is _MISSING:
            raise KeyError(key)
        return default

    def __getitem__(self, key: str) -> Any:
        return self.get(key)

    def __contains__(self, key: str) -> bool:
        return self.get(key, self) is not self

    def set(self, arg: Mapping[str, Any] | None = None, lock: Any = None, **kwargs: Any) -> _Assignment:
        """Assign values now; used in a ``with`` statement, put the old ones back at its end. Any key may be set; one
        that is unknown and looks like a known one gives a `ZarrUserWarning`.

        Parameters
        ----------
        arg
            Dotted keys to values. In keyword arguments ``__`` stands for the dot.
        lock
            A lock to hold instead of the configuration's own.

        Raises
        ------
        ValueError
            A key that zarr-python had once, and that nothing follows any more.
        BadConfigError
            A value that every array would refuse. It is a ValueError.
        """
        assignments = {**(arg or {}), **{key.replace("__", "."): value for key, value in kwargs.items()}}
        for key, value in assignments.items():
            if key.replace("-", "_") in _REMOVED:
                raise ValueError(f"the configuration key {key!r} was removed: give codecs to the functions that make")
            if key in CHOICES and value not in CHOICES[key]:
                raise BadConfigError(f"{key} must be one of {', '.join(map(repr, CHOICES[key]))}, not {value!r}")
            if key not in self:
                self._warn_of_slip(key.split("."), f"the configuration key {key!r}")
        return _Assignment(self, assignments, lock or self.config_lock)

    def enable_gpu(self) -> _Assignment:
        """Raises NotImplementedError: there are no buffers on GPUs here."""
        raise NotImplementedError("zarrc has no buffers on GPUs: move the arrays that it returns there")

    def update(self, new: Mapping[str, Any], priority: str = "new") -> None:
        """Merge a nested mapping; with ``priority="old"`` only keys that are not set yet."""
        with self.config_lock:
            _merge(self.config, new, priority != "old")

    def update_defaults(self, new: Mapping[str, Any]) -> None:
        """Add defaults; values that were set stay."""
        with self.config_lock:
            self.defaults.append(_copy(new))
            _merge(self.config, new, False)

    def collect(self, env: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The nested values that the environment sets."""
        env = os.environ if env is None else env
        found: dict[str, Any] = {}
        known = {name for defaults in self.defaults for name in defaults}
        for prefix in self.prefixes:
            for variable, text in env.items():
                if not variable.startswith(prefix):
                    continue
                parts = variable[len(prefix) :].lower().split("__")
                # ZARRC_KERNELS and the like are no configuration keys
                if all(parts) and (len(parts) > 1 or parts[0] in known):
                    self._warn_of_slip(parts, f"the environment variable {variable}")
                    _put(found, parts, _literal(text), None)
        return found

    def _warn_of_slip(self, parts: list[str], what: str) -> None:
        """Warns of an unknown key that looks like one with a default: a section, or a key in a section."""
        at: dict[str, Any] = {}
        for defaults in self.defaults:
            _merge(at, defaults, True)
        for i, part in enumerate(parts):
            name = _spelling(part, at)
            if name not in at:
                # sections without defaults ("codecs") have keys that users choose
                near = nearest.nearest(part.replace("-", "_"), at, 1, 0.75) if i or len(parts) > 1 else []
                if near:
                    known = ".".join([*parts[:i], *near, *parts[i + 1 :]])
                    warnings.warn(f"{what} is unknown: did you mean {known!r}?", ZarrUserWarning, stacklevel=3)
                return
            if not isinstance(at[name], dict):
                return
            at = at[name]

    def refresh(self) -> None:
        """Forget everything set by code: defaults and the environment as it is now."""
        fresh: dict[str, Any] = {}
        for defaults in self.defaults:
            _merge(fresh, defaults, True)
        _merge(fresh, self.collect(), True)
        with self.config_lock:  # who reads meanwhile finds every key, with the old value or the new one
            self.config.update(fresh)
            for key in self.config.keys() - fresh.keys():
                del self.config[key]

    def reset(self) -> None:
        """As `refresh`."""
        self.refresh()

    def to_dict(self) -> dict[str, Any]:
        """A copy of the nested values."""
        with self.config_lock:
            return _copy(self.config)

    def __repr__(self) -> str:
        return f"Config({self.config!r})"


class _Assignment:
    """Values put in place by `Config.set`, and how to undo that."""

    def __init__(self, owner: Config, assignments: Mapping[str, Any], lock: Any) -> None:
        self.owner, self.lock = owner, lock
        self.undo: list[tuple[list[str], Any]] = []
        with lock:
            for key, value in assignments.items():
                _put(owner.config, key.split("."), value, self.undo)

    def __enter__(self) -> dict[str, Any]:
        return self.owner.config

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self.lock:
            for path, old in reversed(self.undo):
                place = self.owner.config
                for part in path[:-1]:
                    place = place.get(part, {})
                if old is _MISSING:
                    place.pop(path[-1], None)
                else:
                    place[path[-1]] = old


def _put(place: dict[str, Any], parts: list[str], value: Any, undo: list[tuple[list[str], Any]] | None) -> None:
    """Assign at a path of keys, making the dicts on the way, and note what was there."""
    path: list[str] = []
    for part in parts[:-1]:
        part = _spelling(part, place)
        path.append(part)
        if not isinstance(place.get(part), dict):
            if undo is not None:
                undo.append((list(path), place.get(part, _MISSING)))
                undo = None
            place[part] = {}
        place = place[part]
    last = _spelling(parts[-1], place)
    if undo is not None:
        undo.append(([*path, last], place.get(last, _MISSING)))
    place[last] = value


def _merge(into: dict[str, Any], new: Mapping[str, Any], override: bool) -> None:
    for key, value in new.items():
        key = _spelling(key, into)
        if isinstance(value, Mapping):
            if isinstance(into.get(key), dict):
                _merge(into[key], value, override)
            elif override or key not in into:
                into[key] = _copy(value)
        elif override or key not in into:
            into[key] = value


def _copy(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _copy(value) if isinstance(value, Mapping) else value for key, value in mapping.items()}


def _spelling(key: str, place: Mapping[str, Any]) -> str:
    """The spelling of a key that is in use, be it with "-" or "_"."""
    if key in place:
        return key
    for other in (key.replace("_", "-"), key.replace("-", "_")):
        if other in place:
            return other
    return key


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return text


config = Config(_DEFAULTS)

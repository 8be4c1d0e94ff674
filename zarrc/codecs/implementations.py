"""Classes for v3 codec names that were registered as zarr-python does it: by name, several for one name, the
configuration's choice among them."""

from __future__ import annotations

import warnings
from functools import lru_cache
from importlib import metadata
from typing import Any, Generic, TypeVar

from zarrc.codecs.base import Codec
from zarrc.codecs.zarr_python import zarr_python_class
from zarrc.config import config
from zarrc.entry_points import Queue
from zarrc.errors import BadConfigError, CodecValidationError, ZarrUserWarning

T = TypeVar("T")


class Registry(dict[str, type[T]], Generic[T]):
    """Classes by their full names, and entry points that are not loaded yet."""

    def __init__(self) -> None:
        super().__init__()
        self._queue = Queue()

    def lazy_load(self, use_entrypoint_name: bool = False) -> None:
        """Registers what the entry points name. One that another thread is loading is waited for."""
        self._queue.load(lambda point: self.register(point.load(), point.name if use_entrypoint_name else None))

    @property
    def lazy_load_list(self) -> list[metadata.EntryPoint]:
        """Entry points that are not loaded yet; others may be added."""
        return self._queue.points

    def register(self, cls: type[T], qualname: str | None = None) -> None:
        """Adds a class, by default under ``module.name``."""
        self[full_name(cls) if qualname is None else qualname] = cls


#: By v3 name.
CODECS: dict[str, Registry[Any]] = {}


def full_name(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def register(key: str, cls: Any, *, qualname: str | None = None) -> None:
    """Makes ``cls``, one of zarrc's or of zarr-python's codec classes, one of those for a v3 name."""
    CODECS.setdefault(key, Registry()).register(cls, qualname=qualname)


def collect_entry_points() -> None:
    """Queues the entry points of ``zarr.codecs`` and ``zarr.codecs.<name>``."""
    points = metadata.entry_points()
    for point in points.select(group="zarr.codecs"):
        CODECS.setdefault(point.name, Registry()).lazy_load_list.append(point)
    for group in points.groups:
        if group.startswith("zarr.codecs."):
            name = group.removeprefix("zarr.codecs.")
            CODECS.setdefault(name, Registry()).lazy_load_list.extend(points.select(group=group))


def chosen(key: str, builtin: type | None = None) -> Any:
    """The class for a v3 name as it was registered, None where nothing was registered or chosen.

    Parameters
    ----------
    key
        The name.
    builtin
        zarrc's own class of that name: one of the choices.

    Raises
    ------
    BadConfigError
        The configuration's ``codecs.<name>`` is none of the classes.
    CodecValidationError
        An entry point cannot be loaded.
    """
    registry = CODECS.get(key)
    choice = config.get("codecs", {}).get(key)
    if not registry and choice is None and not (registry is not None and registry.lazy_load_list):
        return None
    if registry is not None:
        try:
            registry.lazy_load()
        except Exception as e:  # whatever importing another package's module raises
            raise CodecValidationError(f"entry point of codec {key!r}: {type(e).__name__}: {e}") from e
    classes = dict(registry or {})
    if choice is None:
        if len(classes) > 1:
            warnings.warn(
                f"Codec '{key}' not configured in config. Selecting any implementation.", ZarrUserWarning, stacklevel=3
            )
        return next(reversed(classes.values()), None)
    if choice in classes:
        return classes[choice]
    if builtin is not None and (choice == full_name(builtin) or choice.startswith(("zarr.codecs.", "zarrc.codecs."))):
        return builtin
    raise BadConfigError(
        f"the configuration's codecs.{key} is {choice!r}, and no such class is registered; registered are "
        f"{', '.join(sorted(classes)) or 'none'}"
    )


@lru_cache(maxsize=256)
def adapted(cls: Any, key: str) -> type[Codec]:
    """A registered class as zarrc uses it. Raises `CodecValidationError` when it is no codec class."""
    if isinstance(cls, type) and Codec in cls.__mro__:
        return cls
    return zarr_python_class(cls, key)

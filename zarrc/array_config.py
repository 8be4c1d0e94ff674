"""How one open array behaves, apart from what is stored (zarr-python's ``ArrayConfig``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from zarrc.config import CHOICES, config
from zarrc.frozen import Frozen, set_slot

_KEYS = ("order", "write_empty_chunks", "read_missing_chunks", "concurrency", "durability", "missing")
CONCURRENCY = CHOICES["array.concurrency"]
DURABILITY = CHOICES["array.durability"]
MISSING = CHOICES["array.missing"]


class ArrayConfig(Frozen):
    """
    Parameters
    ----------
    order : "C" or "F"
        Memory order of results.
    write_empty_chunks : bool
        Store chunks that hold nothing but the fill value; otherwise they are left out, or removed.
    read_missing_chunks : bool
        Read a missing chunk as the fill value; otherwise `ChunkNotFoundError` is raised.
    concurrency : {"process", "thread", "none"}
        Whose writes to the same chunk (or shard, or attributes) may come at the same time and lose nothing: those of
        all processes, of the threads of this one, or no one's.
    durability : {"atomic", "fsync", "none"}
        What a crash leaves of a chunk. "atomic": the old or the new one when the process dies. "fsync": also when the
        machine does, and what a call wrote that came back stays written. "none": chunks are written in place, and a
        torn one raises `CodecError` when it is read. Metadata documents are never torn.
    missing : {"fill", "raise", "mask"}, optional
        What a read makes of a missing chunk: the fill value; `ChunkNotFoundError`; masked elements of a numpy masked
        array, which all results then are (inner chunks that a shard does not hold are masked too). "raise" is
        ``read_missing_chunks=False`` by another name; by default it follows that.
    """

    __slots__ = ("concurrency", "durability", "missing", "order", "read_missing_chunks", "write_empty_chunks")
    _fields = ("order", "write_empty_chunks", "read_missing_chunks", "concurrency", "durability", "missing")
    order: Literal["C", "F"]
    write_empty_chunks: bool
    read_missing_chunks: bool

    concurrency: Literal["process", "thread", "none"]
    durability: Literal["atomic", "fsync", "none"]
    missing: Literal["fill", "raise", "mask"]

    def __init__(
        self,
        order: Literal["C", "F"] = "C",
        write_empty_chunks: bool = False,
        read_missing_chunks: bool = True,
        concurrency: Literal["process", "thread", "none"] = "process",
        durability: Literal["atomic", "fsync", "none"] = "atomic",
        missing: Literal["fill", "raise", "mask"] | None = None,
    ) -> None:
        missing = missing or ("fill" if read_missing_chunks else "raise")
        set_slot(self, "order", order)
        set_slot(self, "write_empty_chunks", write_empty_chunks)
        set_slot(self, "read_missing_chunks", missing != "raise")
        set_slot(self, "concurrency", concurrency)
        set_slot(self, "durability", durability)
        set_slot(self, "missing", missing)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ArrayConfig:
        """From some of the settings; the others are those of the global configuration."""
        return parse_array_config(data)

    def to_dict(self) -> dict[str, Any]:
        """The settings by name."""
        return {name: getattr(self, name) for name in self._fields}


def parse_array_config(given: ArrayConfig | Mapping[str, Any] | None, order: str | None = None) -> ArrayConfig:
    """What a user gave as ``config=``, completed from the global configuration.

    Raises TypeError for unknown keys and ValueError for impossible values.
    """
    if isinstance(given, ArrayConfig):
        return given
    if callable(getattr(given, "to_dict", None)):  # zarr-python's
        given = given.to_dict()  # type: ignore[union-attr]
    values: dict[str, Any] = {} if given is None else dict(given)  # type: ignore[arg-type]
    unknown = [k for k in values if k not in _KEYS and not k.startswith("sharding_coalesce")]
    if unknown:
        raise TypeError(f"Unknown array config keys: {unknown!r}; known are {', '.join(_KEYS)}")
    order = values.get("order") or order or config.get("array.order")
    if order not in ("C", "F"):
        raise ValueError(f"order must be 'C' or 'F', not {order!r}")
    empty = values.get("write_empty_chunks")
    missing = values.get("missing")
    read_missing = values.get("read_missing_chunks")
    if missing is None and read_missing is None:
        missing = policy("missing", MISSING)
        if missing == "fill":  # the setting that zarr-python has too
            missing = "fill" if config.get("array.read_missing_chunks", True) else "raise"
    elif missing is None:
        missing = "fill" if _flag(read_missing, "read_missing_chunks") else "raise"
    if empty is None:
        empty = config.get("array.write_empty_chunks")
    return ArrayConfig(
        order=order,  # type: ignore[arg-type]
        write_empty_chunks=_flag(empty, "write_empty_chunks"),
        concurrency=policy("concurrency", CONCURRENCY, values.get("concurrency")),
        durability=policy("durability", DURABILITY, values.get("durability")),
        missing=policy("missing", MISSING, missing),
    )


def policy(name: str, known: tuple[str, ...], given: str | None = None) -> Any:
    """`ArrayConfig.concurrency` or ``durability`` as given, else as configured. Raises ValueError for other words."""
    word = config.get(f"array.{name}", known[0]) if given is None else given
    if word not in known:
        source = f" (from zarrc.config, key 'array.{name}')" if given is None else ""
        raise ValueError(f"{name} must be one of {', '.join(map(repr, known))}, not {word!r}{source}")
    return word


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name}: Expected instance of bool, got {value!r} with type {type(value).__name__}.")
    return bool(value)

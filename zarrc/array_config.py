"""How one open array behaves, apart from what is stored (zarr-python's ``ArrayConfig``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from zarrc.config import config
from zarrc.frozen import Frozen, set_slot

_KEYS = ("order", "write_empty_chunks", "read_missing_chunks")


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
    """

    __slots__ = ("order", "read_missing_chunks", "write_empty_chunks")
    _fields = ("order", "write_empty_chunks", "read_missing_chunks")
    order: Literal["C", "F"]
    write_empty_chunks: bool
    read_missing_chunks: bool

    def __init__(
        self, order: Literal["C", "F"] = "C", write_empty_chunks: bool = False, read_missing_chunks: bool = True
    ) -> None:
        set_slot(self, "order", order)
        set_slot(self, "write_empty_chunks", write_empty_chunks)
        set_slot(self, "read_missing_chunks", read_missing_chunks)


def parse_array_config(given: ArrayConfig | Mapping[str, Any] | None, order: str | None = None) -> ArrayConfig:
    """What a user gave as ``config=``, completed from the global configuration.

    Raises TypeError for unknown keys and ValueError for an order that is neither "C" nor "F".
    """
    if isinstance(given, ArrayConfig):
        return given
    values: dict[str, Any] = {} if given is None else dict(given)
    unknown = [k for k in values if k not in _KEYS and not k.startswith("sharding_coalesce")]
    if unknown:
        raise TypeError(f"Unknown array config keys: {unknown!r}; known are {', '.join(_KEYS)}")
    order = values.get("order") or order or config.get("array.order")
    if order not in ("C", "F"):
        raise ValueError(f"order must be 'C' or 'F', not {order!r}")
    empty = values.get("write_empty_chunks")
    missing = values.get("read_missing_chunks")
    return ArrayConfig(
        order=order,  # type: ignore[arg-type]
        write_empty_chunks=config.get("array.write_empty_chunks") if empty is None else bool(empty),
        read_missing_chunks=config.get("array.read_missing_chunks", True) if missing is None else bool(missing),
    )

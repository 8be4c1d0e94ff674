"""Buffer prototypes of single reads and writes.

A prototype names the classes of zarr-python's buffers. Its ``nd_buffer`` makes the memory that a read fills, where that
is a numpy array or one of a derived class; its ``buffer`` is what stores of others are given, and asked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zarrc.indexing import getitem_selection, pop_fields
from zarrc.lazy import LazyModule
from zarrc.stores import StorePath

buffers = LazyModule("zarrc.buffer")


def _checked(prototype: Any) -> Any:
    if hasattr(prototype, "buffer") and hasattr(prototype, "nd_buffer"):
        return prototype
    raise TypeError(f"prototype is a zarr.core.buffer.BufferPrototype or None, not {prototype!r}")


def through(array: Any, prototype: Any) -> Any:
    """The array, whose chunks travel in buffers of the prototype where the store is one of others. A batch of gathered
    writes goes on without."""
    store = array._place.store
    if prototype is None or array._buffer is not None or not hasattr(type(store), "with_prototype"):
        return array
    if _checked(prototype).buffer is buffers.Buffer:
        return array  # the default one, which may not be that of the store's library
    return type(array)(StorePath(store.with_prototype(prototype), array._place.path), array._opened, array._config)


def memory(array: Any, shape: tuple[int, ...], dtype: np.dtype, prototype: Any) -> np.ndarray | None:
    """What a read of this shape is to fill; None for memory of numpy's own, and for scalars."""
    if prototype is None or not shape or array.metadata.data_type.nullable:
        return None
    made = _checked(prototype).nd_buffer.create(shape=shape, dtype=dtype, order=array._config.order).as_ndarray_like()
    return made if isinstance(made, np.ndarray) and type(made) is not np.ndarray else None


def item(array: Any, key: Any, prototype: Any) -> Any:
    """``array[key]`` with a prototype."""
    if prototype is None:
        return array[key]
    fields, key = (None, key) if array.dtype.names is None else pop_fields(key)
    return array._get_fields(getitem_selection(key, array.shape), fields, None, prototype)

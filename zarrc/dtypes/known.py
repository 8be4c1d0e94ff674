"""The registry that arrays go by: zarr-python's names of the built-in classes, and the classes of other packages."""

from __future__ import annotations

from importlib import metadata
from typing import Any

import numpy as np

from zarrc.dtypes.base import DataType
from zarrc.dtypes.custom import DataTypeRegistry
from zarrc.dtypes.fixed import FixedLengthUTF32, NullTerminatedBytes, RawBytes
from zarrc.dtypes.number_types import NUMBERS
from zarrc.dtypes.registry import REGISTERED, from_numpy
from zarrc.dtypes.struct import Struct
from zarrc.dtypes.times import DateTime64, TimeDelta64
from zarrc.dtypes.variable import VariableLengthBytes, VariableLengthUTF8
from zarrc.entry_points import Queue

BUILTIN: dict[str, type[DataType]] = {
    cls._zarr_v3_name: cls
    for cls in (
        *NUMBERS,
        *(FixedLengthUTF32, VariableLengthUTF8, RawBytes, NullTerminatedBytes, VariableLengthBytes),
        *(Struct, DateTime64, TimeDelta64),
    )
}


class GlobalRegistry(DataTypeRegistry):
    """`BUILTIN`, what entry points offer, and what is registered. The latter two are asked before the built-in ones."""

    def __init__(self) -> None:
        super().__init__()
        self.contents.update(BUILTIN)
        self._queue = Queue()
        self._collected = False

    @property
    def _lazy_load_list(self) -> list[metadata.EntryPoint]:
        # zarr-python's name; its users take entry points out
        return self._queue.points

    def register(self, key: str, cls: type[DataType]) -> None:
        super().register(key, cls)
        if BUILTIN.get(key) is not cls:
            REGISTERED[key] = cls

    def unregister(self, key: str) -> None:
        super().unregister(key)
        REGISTERED.pop(key, None)

    def match_dtype(self, dtype: np.dtype) -> DataType:
        self.load_entry_points()
        return super().match_dtype(dtype) if dtype.kind == "O" else from_numpy(dtype)

    def match_json(self, data: Any, *, zarr_format: int) -> DataType:
        self.load_entry_points()
        return super().match_json(data, zarr_format=zarr_format)

    def collect_entry_points(self) -> None:
        """Queues what installed packages offer in the group ``zarr.data_type``."""
        found = [*metadata.entry_points(group="zarr.data_type"), *metadata.entry_points(group="zarr", name="data_type")]
        self._queue.points.extend(found)
        self._collected = True

    def load_entry_points(self) -> None:
        """Registers the queued classes; the first time, collects them before."""
        if not self._collected:
            self.collect_entry_points()
        self._queue.load(self._load)

    def _load(self, point: metadata.EntryPoint) -> None:
        cls = point.load()
        if isinstance(cls, type) and issubclass(cls, DataType):
            self.register(cls._zarr_v3_name, cls)


data_type_registry = GlobalRegistry()

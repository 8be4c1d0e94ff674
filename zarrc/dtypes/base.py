"""The data type interface: one numpy dtype, its names in both formats, and its fill value forms."""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from types import GenericAlias
from typing import Any, NoReturn

import numpy as np

from zarrc.dtypes.public import PublicNames
from zarrc.errors import FillValueError
from zarrc.frozen import DataclassView, set_slot

JSON = Any
ParseV2 = Callable[[JSON], "DataType"]


def shown(value: object, limit: int = 120) -> str:
    """``repr`` for messages: never longer than ``limit`` characters, never an error of its own."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):
        text = f"<{type(value).__name__}>"
    return text if len(text) <= limit else text[: limit - 3] + "..."


def with_unit(array: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """``array``, just made of ``dtype``, as that type: numpy drops the scale factor and the byte order of times whose
    unit is generic."""
    return array.view(dtype) if dtype.kind in "mM" and np.datetime_data(dtype)[0] == "generic" else array


class DataType(PublicNames):
    """A Zarr data type. Immutable, hashable, compared by value.

    Attributes
    ----------
    dtype : numpy.dtype
        What arrays of this type have. Types read from v2 keep the stored byte order, types read from v3 are in
        native order (there the ``bytes`` codec owns the byte order).
    item_swap : int
        Width in bytes of the component whose byte order ``endian`` governs: 4 for int32, but also for complex64
        and ``<U5``. 0 when there is no byte order (1-byte and raw types) or no single width (structs).
    fixed_size : bool
        Whether elements have a fixed number of bytes (False for strings, bytes and objects).
    nullable : bool
        Whether elements may be missing: then arrays are numpy masked arrays, and a fill value may be
        ``numpy.ma.masked``.
    bits : int or None
        Low bits of a stored byte that mean something, for types narrower than their one byte; the other bits are
        arbitrary on reading (`stored_table`) and zero on writing.
    """

    __slots__ = ("dtype", "item_swap")
    __class_getitem__: Any = classmethod(GenericAlias)  # zarr-python's ZDType is generic
    __dataclass_fields__ = DataclassView("__dataclass_fields__")
    __dataclass_params__ = DataclassView("__dataclass_params__")
    dtype: np.dtype
    item_swap: int
    fixed_size = True
    nullable = False
    bits: int | None = None

    def __init__(self, dtype: np.dtype, item_swap: int = 0) -> None:
        set_slot(self, "dtype", dtype)
        set_slot(self, "item_swap", item_swap)

    # names ---------------------------------------------------------------------------------------------------
    def to_v2(self) -> str | list:
        """JSON of the ``dtype`` key of ``.zarray``."""
        return self.dtype.str

    def to_v3(self) -> str | dict:
        """JSON of the ``data_type`` key of ``zarr.json``."""
        raise NotImplementedError

    @property
    def carrier(self) -> np.dtype:
        """The dtype that codecs work in: for types with ``bits`` int8 or uint8, for all others ``dtype``."""
        return self.dtype

    def stored_table(self) -> bytes | None:
        """For types with ``bits``: 256 bytes, the byte in memory of each stored byte (see ``bytes.translate``)."""
        return None

    # fill values ---------------------------------------------------------------------------------------------
    def fill_from_json(self, value: JSON, zarr_format: int) -> Any:
        """Scalar of a JSON fill value, exact to the bit. ``null`` is the caller's.

        Raises
        ------
        FillValueError
            The JSON value is not a form that this data type has in this format.
        """
        raise NotImplementedError

    def fill_to_json(self, scalar: Any, zarr_format: int) -> JSON:
        """JSON form of a scalar that `fill_from_json` or `cast_fill` gave."""
        raise NotImplementedError

    def default_fill(self) -> Any:
        """The fill value of new arrays when none is given, as zarr-python chooses it."""
        raise NotImplementedError

    def zero(self) -> Any:
        """What a missing chunk reads as when the fill value is undefined (v2, null): all bytes zero, as in zarr-python
        except for times, which are NaT there and here."""
        return self.from_bytes(bytes(self.dtype.itemsize))

    def cast_fill(self, value: Any) -> Any:
        """Scalar of what a user gave as fill value; None is `default_fill`.

        Raises
        ------
        FillValueError
            The value cannot be held (out of range, a fraction for an integer, a foreign type).
        """
        raise NotImplementedError

    def wants_text(self, value: JSON) -> bool:
        """Whether ``value``, parsed as float64, is too coarse to round it once: pass an `ExactFloat` instead."""
        return False

    # help for subclasses -------------------------------------------------------------------------------------
    def refuse(self, value: object) -> NoReturn:
        raise FillValueError(f"{shown(value)} is not a fill value of data type {self.label}")

    @property
    def label(self) -> str:
        """Short name for messages."""
        return str(self.dtype)

    def from_bytes(self, raw: bytes) -> Any:
        """Scalar of one element's bytes, in the byte order of ``dtype``."""
        return np.frombuffer(raw, self.dtype)[0] if raw else np.zeros((), self.dtype)[()]

    def from_base64(self, text: str) -> Any:
        """Scalar of base64 text that must hold exactly one element."""
        try:
            raw = a2b_base64(text, strict_mode=True)
        except (Base64Error, ValueError):
            self.refuse(text)
        if len(raw) != self.dtype.itemsize:
            self.refuse(text)
        return self.from_bytes(raw)

    def converted(self, values: np.ndarray) -> np.ndarray:
        """``values`` as elements of this type, as numpy casts them."""
        return values.astype(self.dtype)

    def item(self, scalar: Any) -> Any:
        """What numpy arrays of this type take for a fill value, in an assignment."""
        return scalar

    def to_base64(self, scalar: Any) -> str:
        cell = np.zeros((), self.dtype)
        cell[()] = scalar
        return b2a_base64(cell.tobytes(), newline=False).decode("ascii")

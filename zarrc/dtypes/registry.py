"""From names and numpy dtypes to data types: one table per way in, made of the families' own tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zarrc.dtypes.base import JSON, DataType, ParseV2, shown
from zarrc.dtypes.fixed import fixed_from_numpy, fixed_from_v2, fixed_from_v3, raw_from_v3
from zarrc.dtypes.numbers import number_types
from zarrc.dtypes.struct import struct_from_numpy, struct_from_v2, struct_from_v3
from zarrc.dtypes.times import time_from_numpy, time_from_v2, time_from_v3
from zarrc.dtypes.variable import BYTES, STRING, object_from_v2, variable_from_v3
from zarrc.errors import DataTypeValidationError, UnknownDataTypeError

_NUMBERS = number_types()

# exact JSON strings: the fast path. Also "<i1" and the like, which netcdf-c and Zarr.jl write.
_V2: dict[str, DataType] = {t.dtype.str: t for t in _NUMBERS}
_V2 |= {order + t.dtype.str[1:]: t for t in _NUMBERS if t.dtype.itemsize == 1 for order in "<>"}
_V3: dict[str, DataType] = {t.to_v3(): t for t in _NUMBERS if t.dtype.isnative}  # type: ignore[misc]
_NUMPY: dict[np.dtype, DataType] = {t.dtype: t for t in _NUMBERS}

# families with parameters: by the letter of a typestr, by v3 name, by numpy kind
_V2_LETTERS: dict[str, Callable[[str, ParseV2], DataType]] = {
    **dict.fromkeys("Mm", time_from_v2),
    **dict.fromkeys("SUV", fixed_from_v2),
}
_V3_NAMES: dict[str, Callable[[str, dict], DataType]] = {
    **dict.fromkeys(("numpy.datetime64", "numpy.timedelta64"), time_from_v3),
    **dict.fromkeys(("null_terminated_bytes", "fixed_length_utf32", "raw_bytes"), fixed_from_v3),
    **dict.fromkeys(("string", "bytes", "variable_length_bytes"), variable_from_v3),
    **dict.fromkeys(
        ("struct", "structured"), lambda name, configuration: struct_from_v3(name, configuration, parse_v3)
    ),
}
_NUMPY_KINDS: dict[str, Callable[[np.dtype], DataType]] = {
    **dict.fromkeys("Mm", time_from_numpy),
    **dict.fromkeys("SUV", fixed_from_numpy),
    "T": lambda dtype: STRING,
}
_PYTHON_TYPES: dict[Any, DataType] = {str: STRING, bytes: BYTES, "string": STRING, "bytes": BYTES, "str": STRING}


def parse_v2(value: JSON, object_codec: str | None = None) -> DataType:
    """Data type of a ``dtype`` value of ``.zarray``.

    Parameters
    ----------
    value
        Typestr, or a list of fields.
    object_codec
        Id of the first filter: it says what the elements of ``|O`` are.

    Raises
    ------
    UnknownDataTypeError, DataTypeValidationError
        With the JSON value in the message.
    """
    if type(value) is str:
        known = _V2.get(value)
        if known is not None:
            return known
        family = _V2_LETTERS.get(value[1:2]) if value[:1] in ("<", ">", "|") else None
        if family is not None:
            return family(value, parse_v2)
        if value == "|O":
            return object_from_v2(object_codec)
    elif isinstance(value, list):
        return struct_from_v2(value, parse_v2)
    raise UnknownDataTypeError(f"unknown data type {shown(value)}")


def parse_v3(value: JSON) -> DataType:
    """Data type of a ``data_type`` value of ``zarr.json``: a name or ``{"name", "configuration"}``.

    Raises
    ------
    UnknownDataTypeError, DataTypeValidationError
        With the JSON value in the message.
    """
    if type(value) is str:
        known = _V3.get(value)
        if known is not None:
            return known
        name, configuration = value, {}
    elif isinstance(value, dict) and isinstance(value.get("name"), str):
        name, configuration = value["name"], value.get("configuration", {})
        if not isinstance(configuration, dict) or not value.keys() <= {"name", "configuration", "must_understand"}:
            raise DataTypeValidationError(f"malformed data type {shown(value)}")
        if value.get("must_understand", True) is not True:
            raise DataTypeValidationError(f"a data type must be understood: {shown(value)}")
        if not configuration and name in _V3:
            return _V3[name]
    else:
        raise DataTypeValidationError(f"malformed data type {shown(value)}")
    family = _V3_NAMES.get(name)
    if family is not None:
        return family(name, configuration)
    raw = raw_from_v3(name) if not configuration else None
    if raw is None:
        raise UnknownDataTypeError(f"unknown data type {shown(value)}")
    return raw


def from_numpy(dtype_like: Any) -> DataType:
    """Data type of what a user gives: a numpy dtype or anything numpy takes for one, a v3 name, a v3 object.

    Raises
    ------
    UnknownDataTypeError
        numpy does not know it, or Zarr has no such type. Python's ``object`` is one of them: it needs an object
        codec (`zarrc.dtypes.variable.Object`).
    """
    if isinstance(dtype_like, DataType):
        return dtype_like
    if isinstance(dtype_like, str):
        named = _V3.get(dtype_like) or _PYTHON_TYPES.get(dtype_like) or raw_from_v3(dtype_like)
        if named is not None:
            return named
    elif dtype_like is str or dtype_like is bytes:
        return _PYTHON_TYPES[dtype_like]
    if isinstance(dtype_like, dict) and "name" in dtype_like:
        return parse_v3(dtype_like)
    try:
        dtype = np.dtype(dtype_like)
    except (TypeError, ValueError):
        raise UnknownDataTypeError(f"unknown data type {shown(dtype_like)}") from None
    known = _NUMPY.get(dtype)
    if known is not None:
        return known
    if dtype.names is not None:
        return struct_from_numpy(dtype, from_numpy)
    family = _NUMPY_KINDS.get(dtype.kind)
    if family is None or dtype.subdtype is not None:
        raise UnknownDataTypeError(f"no Zarr data type for numpy dtype {shown(dtype)}")
    return family(dtype)

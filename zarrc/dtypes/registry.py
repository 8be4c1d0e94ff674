"""From names and numpy dtypes to data types.

Numbers are in tables made at import. All other families are imported when a type of theirs is first met, by a table of
module and function: most programs meet none.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from zarrc.dtypes.base import JSON, DataType, shown
from zarrc.dtypes.number_types import number_types
from zarrc.errors import DataTypeValidationError, UnknownDataTypeError

_NUMBERS = number_types()

# exact JSON strings: the fast path. Also "<i1" and the like, which netcdf-c and Zarr.jl write.
_V2: dict[str, DataType] = {t.dtype.str: t for t in _NUMBERS}
_V2 |= {order + t.dtype.str[1:]: t for t in _NUMBERS if t.dtype.itemsize == 1 for order in "<>"}
_V3: dict[str, DataType] = {t.to_v3(): t for t in _NUMBERS if t.dtype.isnative}  # type: ignore[misc]
_V3 |= {"complex_float32": _V3["complex64"], "complex_float64": _V3["complex128"]}
_NUMPY: dict[np.dtype, DataType] = {t.dtype: t for t in _NUMBERS}

#: Classes of other packages (`zarrc.dtypes.custom`), asked before all others.
REGISTERED: dict[str, type[DataType]] = {}

# families by the letter of a typestr, by name, by numpy kind: "module:function"
_ML_FLOATS = (
    *("bfloat16", "float8_e3m4", "float8_e4m3", "float8_e4m3b11fnuz", "float8_e4m3fn", "float8_e4m3fnuz"),
    *("float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu", "float6_e2m3fn", "float6_e3m2fn", "float4_e2m1fn"),
)
_ML_NAMES = (*_ML_FLOATS, "int2", "int4", "uint2", "uint4")
_V2_LETTERS = {"M": "times:time_from_v2", "m": "times:time_from_v2", **dict.fromkeys("SUV", "fixed:fixed_from_v2")}
_V3_NAMES = {
    **dict.fromkeys(_ML_NAMES, "ml:ml_from_v3"),
    **dict.fromkeys(("complex_float16", *(f"complex_{name}" for name in _ML_FLOATS)), "ml:ml_from_v3"),
}
# those that take a configuration as well
_V3_FAMILIES = {
    **dict.fromkeys(("numpy.datetime64", "numpy.timedelta64"), "times:time_from_v3"),
    **dict.fromkeys(("null_terminated_bytes", "fixed_length_utf32", "raw_bytes"), "fixed:fixed_from_v3"),
    **dict.fromkeys(("string", "bytes", "variable_length_bytes"), "variable:variable_from_v3"),
}
# and those whose parts are data types
_V3_WRAPPERS = {
    **dict.fromkeys(("struct", "structured"), "struct:struct_from_v3"),
    **dict.fromkeys(("optional", "zarrs.optional"), "optional:optional_from_v3"),
}
_NUMPY_KINDS = {
    **dict.fromkeys("Mm", "times:time_from_numpy"),
    **dict.fromkeys("SUV", "fixed:fixed_from_numpy"),
    "T": "variable:string_from_numpy",
}
_PYTHON_NAMES: dict[Any, str] = {str: "string", bytes: "bytes", "str": "string"}


def _registered(make: str, *args: Any, **options: Any) -> DataType | None:
    """From the first registered class whose class method ``make`` takes the arguments."""
    for cls in list(REGISTERED.values()):
        try:
            return getattr(cls, make)(*args, **options)
        except (DataTypeValidationError, TypeError, ValueError):
            continue
    return None


def _from_entry_points(make: str, *args: Any, **options: Any) -> DataType | None:
    """The same after a look at what installed packages offer: for names that nothing here knows."""
    _family("known:data_type_registry").load_entry_points()
    return _registered(make, *args, **options) if REGISTERED else None


def _family(where: str) -> Any:
    module, _, function = where.partition(":")
    return getattr(importlib.import_module(f"zarrc.dtypes.{module}"), function)


def parse_v2(value: JSON, object_codec: str | None = None) -> DataType:
    """Data type of a ``dtype`` value of ``.zarray``.

    Parameters
    ----------
    value
        Typestr, list of fields, or, as tensorstore writes them, a name such as "bfloat16".
    object_codec
        Id of the first filter: it says what the elements of ``|O`` are.

    Raises
    ------
    UnknownDataTypeError, DataTypeValidationError
        With the JSON value in the message.
    MissingDependencyError
        The type needs the package ml_dtypes.
    """
    if REGISTERED:
        found = _registered("from_json", {"name": value, "object_codec_id": object_codec}, zarr_format=2)
        if found is not None:
            return found
    if type(value) is str:
        known = _V2.get(value)
        if known is not None:
            return known
        family = _V2_LETTERS.get(value[1:2]) if value[:1] in ("<", ">", "|") else None
        if family is not None:
            return _family(family)(value, parse_v2)
        if value == "|O":
            return _family("variable:object_from_v2")(object_codec)
        if value in _ML_NAMES:
            return _family("ml:ml_from_v2")(value)
        found = _from_entry_points("from_json", {"name": value, "object_codec_id": object_codec}, zarr_format=2)
        if found is not None:
            return found
    elif isinstance(value, list):
        return _family("struct:struct_from_v2")(value, parse_v2)
    raise UnknownDataTypeError(f"unknown data type {shown(value)}")


def parse_v3(value: JSON) -> DataType:
    """Data type of a ``data_type`` value of ``zarr.json``: a name or ``{"name", "configuration"}``.

    Raises
    ------
    UnknownDataTypeError, DataTypeValidationError
        With the JSON value in the message.
    MissingDependencyError
        The type needs the package ml_dtypes.
    """
    if REGISTERED:
        found = _registered("from_json", value, zarr_format=3)
        if found is not None:
            return found
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
    family = _V3_FAMILIES.get(name)
    if family is not None:
        return _family(family)(name, configuration)
    if name in _V3_WRAPPERS:
        return _family(_V3_WRAPPERS[name])(name, configuration, parse_v3)
    if not configuration:
        family = _V3_NAMES.get(name)
        if family is not None:
            return _family(family)(name)
        raw = _family("fixed:raw_from_v3")(name) if name[:1] == "r" else None
        if raw is not None:
            return raw
    found = _from_entry_points("from_json", value, zarr_format=3)
    if found is not None:
        return found
    raise UnknownDataTypeError(f"unknown data type {shown(value)}")


def _without_length(dtype: np.dtype) -> DataType:
    """numpy's ``str`` is text of any length. Raises `DataTypeValidationError` for other types that say no length."""
    if dtype.kind == "U":
        return parse_v3("string")
    raise DataTypeValidationError(
        f"{shown(dtype)}: length must be >= 1; give one, as in '{dtype.kind}5', or take 'bytes' for any length"
    )


def from_numpy(dtype_like: Any) -> DataType:
    """Data type of what a user gives: a numpy dtype or anything numpy takes for one, a v3 name, a v3 object.

    Raises
    ------
    UnknownDataTypeError
        numpy does not know it, or Zarr has no such type. Python's ``object`` is one of them: it needs an object
        codec (`zarrc.dtypes.variable.Object`).
    MissingDependencyError
        The type needs the package ml_dtypes.
    """
    if isinstance(dtype_like, DataType):
        return dtype_like
    if callable(getattr(dtype_like, "to_native_dtype", None)):  # one of zarr-python's
        native = dtype_like.to_native_dtype()
        return parse_v3("variable_length_bytes") if native.kind == "O" else from_numpy(native)
    if isinstance(dtype_like, (str, type)):
        name = _PYTHON_NAMES.get(dtype_like, dtype_like)
        if REGISTERED and isinstance(name, str):
            found = _registered("from_json", name, zarr_format=3)
            if found is not None:
                return found
        if name in _V3:
            return _V3[name]
        if isinstance(name, str) and (name in _V3_FAMILIES or name in _V3_NAMES or name[:1] == "r"):
            try:
                return parse_v3(name)
            except UnknownDataTypeError:
                pass
    if isinstance(dtype_like, dict) and "name" in dtype_like:
        return parse_v3(dtype_like)
    try:
        dtype = np.dtype(dtype_like)
    except (TypeError, ValueError, SyntaxError):  # the last is what numpy makes of ",i4"
        if type(dtype_like).__name__ == "StringDtype" and getattr(dtype_like, "name", None) in ("str", "string"):
            return parse_v3("string")  # pandas'
        found = _from_entry_points("from_json", dtype_like, zarr_format=3) if isinstance(dtype_like, str) else None
        if found is not None:
            return found
        raise UnknownDataTypeError(f"unknown data type {shown(dtype_like)}") from None
    if REGISTERED:
        found = _registered("from_native_dtype", dtype)
        if found is not None:
            return found
    known = _NUMPY.get(dtype)
    if known is not None:
        return known
    if dtype.itemsize == 0 and dtype.kind in "SUV" and dtype.names is None:
        return _without_length(dtype)
    if dtype.names is not None:
        return _family("struct:struct_from_numpy")(dtype, from_numpy)
    if dtype.subdtype is None:
        if dtype.type.__module__.partition(".")[0] == "ml_dtypes":
            found = _family("ml:ml_from_numpy")(dtype)
            if found is not None:
                return found
        elif dtype.kind in _NUMPY_KINDS:
            return _family(_NUMPY_KINDS[dtype.kind])(dtype)
    found = _from_entry_points("from_native_dtype", dtype) if dtype.kind != "O" else None
    if found is not None:
        return found
    remedy = "; take str for text, 'bytes' for bytes, in v2 an object codec for others" if dtype.kind == "O" else ""
    raise UnknownDataTypeError(f"no Zarr data type for numpy dtype {shown(dtype)}{remedy}")

"""What zarr-python's ``ZDType`` can do, in terms of what data types do here.

`zarrc.dtypes.base.DataType` inherits these methods, so that code written for zarr-python finds its names on every
data type. Inside zarrc the methods of `DataType` itself are used; these add type checks and ``TypeError``.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, NoReturn, Self

import numpy as np

from zarrc.errors import DataTypeValidationError, FillValueError, UnstableSpecificationWarning
from zarrc.frozen import Frozen

Endianness = Literal["little", "big"]
NATIVE: Endianness = sys.byteorder
_ORDERS = {"little": "<", "big": ">"}
Parse = Callable[[Any], Any]


def order_character(endianness: object) -> Any:
    """numpy's character of "little" or "big". Raises `ValueError` for anything else."""
    if not isinstance(endianness, str) or endianness not in _ORDERS:
        raise ValueError(f"endianness must be 'little' or 'big', got {endianness!r}.")
    return _ORDERS[endianness]


def endianness_of(dtype: np.dtype) -> Endianness:
    """Of a numpy dtype that has a byte order."""
    return {"=": NATIVE, ">": "big"}.get(dtype.byteorder, "little")  # type: ignore[return-value]


class PublicNames(Frozen):
    """Mixin. Subclasses say in ``_fields`` which keyword arguments make them."""

    __slots__ = ()
    dtype_cls: ClassVar[Any]
    _zarr_v3_name: ClassVar[str] = ""
    # whether zarr-python warns that the name has no specification
    _unstable: ClassVar[bool] = False

    def __init_subclass__(cls, **options: Any) -> None:
        """Lets the methods that zarrc calls follow what a class of another package defines by zarr-python's names."""
        super().__init_subclass__(**options)
        if not cls.__module__.startswith("zarrc."):
            for name, bridges in _BRIDGES.items():
                if name in cls.__dict__:
                    for bridge in bridges:
                        if bridge.__name__ not in cls.__dict__:
                            setattr(cls, bridge.__name__, bridge)

    def _inner(self, name: str, *args: Any) -> Any:
        """The method of that name as zarrc has it, whatever a subclass of another package defines."""
        for cls in type(self).__mro__:
            method = cls.__dict__.get(name)
            if method is not None and not getattr(method, "is_bridge", False):
                return method(self, *args)
        raise AttributeError(name)

    # numpy ---------------------------------------------------------------------------------------------------
    @classmethod
    def _check_native_dtype(cls, dtype: Any) -> bool:
        return type(dtype) is cls.dtype_cls

    @classmethod
    def from_native_dtype(cls, dtype: np.dtype) -> Self:
        """The data type of this class for a numpy dtype.

        Raises
        ------
        DataTypeValidationError
            It is the dtype of another class.
        """
        if not cls._check_native_dtype(dtype):
            raise DataTypeValidationError(f"Invalid data type: {dtype}. Expected an instance of {cls.dtype_cls}")
        return cls._of_dtype(dtype)

    @classmethod
    def _of_dtype(cls, dtype: np.dtype) -> Self:
        raise NotImplementedError

    def to_native_dtype(self) -> np.dtype:
        """The numpy dtype of arrays of this type."""
        return self.dtype  # type: ignore[attr-defined]

    @property
    def item_size(self) -> int:
        """Bytes of an element. Types without a fixed size do not have it (AttributeError)."""
        if not self.fixed_size:  # type: ignore[attr-defined]
            raise AttributeError(f"elements of {self!r} have no fixed size")
        return self.dtype.itemsize  # type: ignore[attr-defined]

    # JSON of the type ----------------------------------------------------------------------------------------
    def to_json(self, zarr_format: int) -> Any:
        """v3: the ``data_type`` value. v2: the ``dtype`` value and the object codec's id, paired as zarr-python does:
        ``{"name", "object_codec_id"}``."""
        if zarr_format == 2:
            codec = None if self.fixed_size else self.object_codec  # type: ignore[attr-defined]
            return {"name": self._inner("to_v2"), "object_codec_id": codec}
        if zarr_format != 3:
            raise ValueError(f"zarr_format must be 2 or 3, got {zarr_format}")
        if self._unstable:
            warnings.warn(
                f"the data type {self!r} has no Zarr v3 specification: other Zarr libraries may not read it",
                UnstableSpecificationWarning,
                stacklevel=2,
            )
        return self._inner("to_v3")

    @classmethod
    def from_json(cls, data: Any, *, zarr_format: int) -> Self:
        """The data type of this class for what `to_json` gives.

        Raises
        ------
        DataTypeValidationError
            It is another type's, or malformed.
        """
        if zarr_format == 2:
            return cls._from_json_v2(data)
        if zarr_format == 3:
            return cls._from_json_v3(data)
        raise ValueError(f"zarr_format must be 2 or 3, got {zarr_format}")

    @classmethod
    def _from_json_v2(cls, data: Any) -> Self:
        if not isinstance(data, Mapping) or data.keys() != {"name", "object_codec_id"}:
            cls._not_json(data)
        made = cls._of_v2(data["name"], data["object_codec_id"])
        if not isinstance(made, cls):
            cls._not_json(data)
        return made

    @classmethod
    def _from_json_v3(cls, data: Any) -> Self:
        name, configuration = data, {}
        if isinstance(data, Mapping) and data.keys() <= {"name", "configuration"}:
            name, configuration = data.get("name"), data.get("configuration", {})
        if not isinstance(name, str) or not isinstance(configuration, Mapping):
            cls._not_json(data)
        made = cls._of_v3(name, dict(configuration))
        if not isinstance(made, cls):
            cls._not_json(data)
        return made

    @classmethod
    def _from_json_with(cls, data: Any, zarr_format: int, parse: Parse) -> Self:
        """As `from_json`; the data types inside this one come from ``parse``."""
        return cls.from_json(data, zarr_format=zarr_format)

    @classmethod
    def _not_json(cls, data: Any) -> NoReturn:
        raise DataTypeValidationError(f"Invalid JSON representation of {cls.__name__}: {data!r}")

    @classmethod
    def _of_v2(cls, name: Any, object_codec: str | None) -> Any:
        """A data type, of whichever class, or None."""
        return None

    @classmethod
    def _of_v3(cls, name: str, configuration: dict) -> Any:
        """As `_of_v2`."""
        return None

    # scalars -------------------------------------------------------------------------------------------------
    def _check_scalar(self, data: object) -> bool:
        """Whether `cast_scalar` takes such an object."""
        try:
            self._inner("cast_fill", data)
        except FillValueError:
            return False
        return True

    def _cast(self, data: Any) -> Any:
        return self._inner("cast_fill", data)

    def cast_scalar(self, data: object) -> Any:
        """Scalar of this type for a Python or numpy object, converted as numpy does, text cut to its length.

        Raises
        ------
        TypeError
            No such object can be converted.
        OverflowError
            An integer is out of range.
        """
        if self._check_scalar(data):
            try:
                return self._cast(data)
            except ValueError:
                pass
        raise TypeError(
            f"Cannot convert object {data!r} with type {type(data)} to a scalar compatible with the data type {self!r}."
        )

    def default_scalar(self) -> Any:
        """The fill value of new arrays when none is given."""
        return self._inner("default_fill")

    def from_json_scalar(self, data: Any, *, zarr_format: int) -> Any:
        """Scalar of a JSON fill value. Raises `FillValueError`, a ``TypeError``, when it is no form of one."""
        return self._inner("fill_from_json", data, zarr_format)

    def to_json_scalar(self, data: object, *, zarr_format: int) -> Any:
        """JSON form of what `cast_scalar` makes of an object."""
        return self._inner("fill_to_json", self.cast_scalar(data), zarr_format)

    # values --------------------------------------------------------------------------------------------------
    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self._fields)})"

    def __reduce__(self) -> tuple:
        return (_made, (type(self), {name: getattr(self, name) for name in self._fields}))


def to_v2(self: Any) -> Any:
    return self.to_json(2)["name"]


def to_v3(self: Any) -> Any:
    return self.to_json(3)


def fill_from_json(self: Any, value: Any, zarr_format: int) -> Any:
    try:
        return self.from_json_scalar(value, zarr_format=zarr_format)
    except (TypeError, ValueError, OverflowError) as e:
        raise FillValueError(str(e)) from e


def fill_to_json(self: Any, scalar: Any, zarr_format: int) -> Any:
    return self.to_json_scalar(scalar, zarr_format=zarr_format)


def default_fill(self: Any) -> Any:
    return self.default_scalar()


def cast_fill(self: Any, value: Any) -> Any:
    if value is None:
        return self.default_scalar()
    try:
        return self.cast_scalar(value)
    except (TypeError, ValueError, OverflowError) as e:
        raise FillValueError(str(e)) from e


_BRIDGES: dict[str, tuple[Any, ...]] = {
    "to_json": (to_v2, to_v3),
    "from_json_scalar": (fill_from_json,),
    "to_json_scalar": (fill_to_json,),
    "default_scalar": (default_fill,),
    "cast_scalar": (cast_fill,),
}
for _bridges in _BRIDGES.values():
    for _bridge in _bridges:
        _bridge.is_bridge = True


def _made(cls: type[PublicNames], arguments: dict[str, Any]) -> PublicNames:
    return cls(**arguments)

"""Data types of one's own: the base class that zarr-python calls ``ZDType``, and registries of such classes."""

from __future__ import annotations

import copyreg
from abc import ABCMeta, abstractmethod
from typing import Any, Self

import numpy as np

from zarrc.dtypes import public
from zarrc.dtypes.base import DataType
from zarrc.errors import DataTypeValidationError, UnknownDataTypeError

_WIDTH_OF_CHARACTERS = 4


class ZDType(DataType, metaclass=ABCMeta):
    """Base of data types that other packages define, with the abstract methods of zarr-python's class of that name.

    Every data type of zarrc counts as one. A class is made known by ``zarrc.dtype.data_type_registry.register``, or by
    an entry point of the group ``zarr.data_type``; then arrays of it can be made, written and read like any others.
    """

    __slots__ = ()

    @classmethod
    def __subclasshook__(cls, other: type) -> Any:
        return issubclass(other, DataType) if cls is ZDType else NotImplemented

    @property
    def dtype(self) -> np.dtype:  # type: ignore[override]
        return self.to_native_dtype()

    @property
    def item_swap(self) -> int:  # type: ignore[override]
        dtype = self.dtype
        if dtype.kind == "U":
            return _WIDTH_OF_CHARACTERS
        width = dtype.itemsize // (2 if dtype.kind == "c" else 1)
        return 0 if dtype.kind in "SVOT" or width == 1 else width

    @property
    def fixed_size(self) -> bool:  # type: ignore[override]
        return self.dtype.kind not in "OT"

    @property
    def object_codec(self) -> str | None:
        """Id of the v2 filter that stores such objects."""
        return self.to_json(2)["object_codec_id"]

    def __reduce__(self) -> tuple:
        return (copyreg.__newobj__, (type(self),), self.__getstate__())  # type: ignore[attr-defined]

    to_v2 = public.to_v2
    to_v3 = public.to_v3
    fill_from_json = public.fill_from_json
    fill_to_json = public.fill_to_json
    default_fill = public.default_fill
    cast_fill = public.cast_fill

    @classmethod
    @abstractmethod
    def from_native_dtype(cls, dtype: np.dtype) -> Self:
        """The data type for a numpy dtype. Raises `DataTypeValidationError` when it is another class's."""

    @abstractmethod
    def to_native_dtype(self) -> np.dtype:
        """The numpy dtype of arrays of this type."""

    @classmethod
    @abstractmethod
    def _from_json_v2(cls, data: Any) -> Self:
        """From ``{"name", "object_codec_id"}``. Raises `DataTypeValidationError` when it is another class's."""

    @classmethod
    @abstractmethod
    def _from_json_v3(cls, data: Any) -> Self:
        """From a ``data_type`` value. Raises `DataTypeValidationError` when it is another class's."""

    @abstractmethod
    def to_json(self, zarr_format: int) -> Any:
        """What `from_json` takes."""

    @abstractmethod
    def _check_scalar(self, data: object) -> bool:
        """Whether `cast_scalar` takes such an object."""

    @abstractmethod
    def cast_scalar(self, data: object) -> Any:
        """Scalar of this type for an object. Raises ``TypeError`` when it is none."""

    @abstractmethod
    def default_scalar(self) -> Any:
        """The fill value of new arrays when none is given."""

    @abstractmethod
    def from_json_scalar(self, data: Any, *, zarr_format: int) -> Any:
        """Scalar of a JSON fill value. Raises ``TypeError`` or ``ValueError`` when it is no form of one."""

    @abstractmethod
    def to_json_scalar(self, data: object, *, zarr_format: int) -> Any:
        """JSON form of a scalar."""


class DataTypeRegistry:
    """Classes of data types by their v3 names. Zarr arrays use `zarrc.dtype.data_type_registry`.

    Attributes
    ----------
    contents : dict
        The classes by name. Where several fit, the first one is taken.
    """

    def __init__(self) -> None:
        self.contents: dict[str, type[DataType]] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(contents={self.contents!r})"

    def register(self, key: str, cls: type[DataType]) -> None:
        """Makes ``cls`` the class of that name."""
        self.contents[key] = cls

    def unregister(self, key: str) -> None:
        """Forgets the class of that name. Raises ``KeyError`` when there is none."""
        del self.contents[key]

    def get(self, key: str) -> type[DataType]:
        """The class of that name. Raises ``KeyError`` when there is none."""
        return self.contents[key]

    def match_dtype(self, dtype: np.dtype) -> DataType:
        """The data type for a numpy dtype.

        Raises
        ------
        UnknownDataTypeError
            No class, or more than one, takes it. Python objects may be anything, so no class takes them.
        """
        matched: list[DataType] = []
        if dtype.kind == "O":
            raise UnknownDataTypeError(
                f"Zarr data type resolution from {dtype} failed. It is ambiguous: objects may be data of several "
                "types. Give one of them, such as zarr.dtype.VariableLengthBytes()"
            )
        for cls in list(self.contents.values()):
            try:
                matched.append(cls.from_native_dtype(dtype))
            except UnknownDataTypeError:
                raise
            except DataTypeValidationError:
                continue
        if len(matched) == 1:
            return matched[0]
        if matched:
            raise UnknownDataTypeError(
                f"Zarr data type resolution from {dtype} failed: {matched} all fit. Give one of them"
            )
        raise UnknownDataTypeError(f"No Zarr data type found that matches dtype '{dtype!r}'")

    def match_json(self, data: Any, *, zarr_format: int) -> DataType:
        """The data type for what `DataType.to_json` gives.

        Raises
        ------
        UnknownDataTypeError
            No class takes it. The message points at the field when it is one inside a structure.
        """
        return self._match(data, zarr_format, "")

    def _match(self, data: Any, zarr_format: int, place: str) -> DataType:
        for candidate in _spellings(data) if zarr_format == 2 else (data,):
            for cls in list(self.contents.values()):
                fields = _FieldParser(self, zarr_format, place)
                try:
                    return cls._from_json_with(candidate, zarr_format, fields)
                except DataTypeValidationError:
                    if fields.missed is not None:
                        raise fields.missed from None
        at = f" at {place}" if place else ""
        raise UnknownDataTypeError(f"No Zarr data type found that matches {data!r}{at}")


class _FieldParser:
    """Gives a structure the data types of its fields, in order, and remembers the first that is unknown."""

    def __init__(self, registry: DataTypeRegistry, zarr_format: int, place: str) -> None:
        self._registry, self._zarr_format, self._place = registry, zarr_format, place
        self._count = 0
        self.missed: UnknownDataTypeError | None = None

    def __call__(self, data: Any) -> DataType:
        place = f"/{self._count}/1" if self._zarr_format == 2 else f"/configuration/fields/{self._count}/data_type"
        self._count += 1
        if self._zarr_format == 2:
            data = {"name": data, "object_codec_id": None}
        try:
            return self._registry._match(data, self._zarr_format, self._place + place)
        except UnknownDataTypeError as e:
            self.missed = e
            raise


def _spellings(data: Any) -> tuple[Any, ...]:
    """v2 JSON as it is, and with the byte order left out where it means nothing."""
    name = data.get("name") if isinstance(data, dict) else None
    if isinstance(name, str) and name[:1] in ("<", ">"):
        raw = name[1:2] == "V" and name[2:].isascii() and name[2:].isdigit()
        if raw or name[1:] in ("b1", "i1", "u1"):
            return (data, {**data, "name": "|" + name[1:]})
    return (data,)

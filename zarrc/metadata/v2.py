"""Array metadata of Zarr v2 (``.zarray`` and ``.zattrs``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, Self

import numpy as np

from zarrc.dtypes import DataType, from_numpy, parse_v2
from zarrc.dtypes.base import JSON, shown
from zarrc.errors import MetadataValidationError
from zarrc.frozen import set_slot
from zarrc.grid import RegularGrid
from zarrc.metadata.document import (
    RepairedDocument,
    attributes_of,
    check_counts,
    copy_json,
    document_name,
    dump,
    load_object,
    refuse,
    repaired,
    sizes,
    warn_of_repair,
)
from zarrc.metadata.keys import V2_DOT, V2_SLASH, KeyEncoding
from zarrc.metadata.record import Record, plain

_REQUIRED = ("zarr_format", "shape", "chunks", "dtype", "compressor")
_KNOWN = frozenset((*_REQUIRED, "fill_value", "order", "filters", "dimension_separator"))


class ArrayV2Metadata(Record):
    """Everything ``.zarray`` and ``.zattrs`` say about an array, checked.

    Made by `from_dict` and `build_array_metadata`, or as in zarr-python by keyword arguments.

    Attributes
    ----------
    shape, chunks
        Elements per axis, of the array and of its chunks; ``grid`` is made of the latter.
    data_type
        The Zarr data type; ``dtype`` is its numpy dtype, in the stored byte order.
    fill_value
        numpy scalar, or None where the document says null: then ``fill_scalar`` is the zero of the data type.
    order
        "C" or "F", the order of elements inside a chunk.
    filters, compressor
        Codec configurations ``{"id": ...}`` or None; ``codec_configs`` is all of them in order of encoding.
    dimension_separator
        "." or "/"; ``key_encoding`` is made of it.
    attributes
        Content of ``.zattrs``.
    extra_fields
        Unknown keys of ``.zarray``: ignored, and kept.
    document
        The JSON data of ``.zarray`` that was read, which is what gets written back.
    """

    __slots__ = _slots = (
        "shape",
        "chunks",
        "data_type",
        "fill_value",
        "order",
        "filters",
        "dimension_separator",
        "compressor",
        "attributes",
        "document",
        "extra_fields",
    )
    _fields = (
        *("shape", "dtype", "chunks", "fill_value", "order", "dimension_separator"),
        *("compressor", "filters", "attributes", "extra_fields"),
    )
    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    data_type: DataType
    fill_value: Any
    order: Literal["C", "F"]
    filters: tuple[dict[str, Any], ...] | None
    dimension_separator: Literal[".", "/"]
    compressor: dict[str, Any] | None
    attributes: dict[str, Any]
    document: dict[str, Any]
    extra_fields: dict[str, Any]
    zarr_format: Literal[2] = 2
    node_type: Literal["array"] = "array"

    def __init__(
        self,
        *,
        shape: Sequence[int],
        dtype: Any,
        chunks: Sequence[int],
        fill_value: Any,
        order: Literal["C", "F"],
        dimension_separator: Literal[".", "/"] = ".",
        compressor: Any = None,
        filters: Iterable[Any] | None = None,
        attributes: Mapping[str, Any] | None = None,
        extra_fields: Mapping[str, Any] | None = None,
    ) -> None:
        codecs = [copy_json(dict(plain(codec, "get_config"))) for codec in filters or ()]
        if not isinstance(dtype, DataType):
            if callable(getattr(dtype, "to_native_dtype", None)):
                dtype = dtype.to_native_dtype()
            objects = isinstance(dtype, np.dtype) and dtype.kind == "O"
            dtype = parse_v2("|O", codecs[0].get("id") if codecs else None) if objects else from_numpy(dtype)
        document = {
            "zarr_format": 2,
            "shape": [int(size) for size in shape],
            "chunks": [int(edge) for edge in chunks],
            "dtype": dtype.to_v2(),
            "compressor": None if compressor is None else copy_json(dict(plain(compressor, "get_config"))),
            "fill_value": None if fill_value is None else dtype.fill_to_json(dtype.cast_fill(fill_value), 2),
            "order": order,
            "filters": codecs or None,
            "dimension_separator": dimension_separator,
            **(extra_fields or {}),
        }
        if 0 in document["chunks"]:
            refuse(".zarray", "chunks", f"sizes must be at least 1: {document['chunks']}")
        checked = self.from_dict(document, attributes=copy_json(dict(attributes or {})))
        for name in self._slots:
            set_slot(self, name, getattr(checked, name))

    def __eq__(self, other: object) -> bool:
        """Same document content; fill values are compared by their bits, so NaN equals NaN."""
        if not isinstance(other, ArrayV2Metadata):
            return NotImplemented
        return self is other or _comparable(self) == _comparable(other)

    # normal form ---------------------------------------------------------------------------------------------
    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def dtype(self) -> np.dtype:
        return self.data_type.dtype

    @property
    def grid(self) -> RegularGrid:
        return RegularGrid(self.chunks)

    @property
    def chunk_grid(self) -> RegularGrid:
        return RegularGrid(self.chunks)

    @property
    def key_encoding(self) -> KeyEncoding:
        return V2_SLASH if self.dimension_separator == "/" else V2_DOT

    @property
    def fill_scalar(self) -> Any:
        return self.data_type.zero() if self.fill_value is None else self.fill_value

    @property
    def codec_configs(self) -> tuple[dict[str, Any], ...]:
        filters = self.filters or ()
        return filters if self.compressor is None else (*filters, self.compressor)

    def encode_chunk_key(self, chunk_coords: tuple[int, ...]) -> str:
        """Key of a chunk, relative to the array."""
        return self.key_encoding.encode(chunk_coords)

    # documents -----------------------------------------------------------------------------------------------
    @classmethod
    def from_dict(
        cls,
        data: dict[str, Any],
        path: str = "",
        *,
        attributes: dict[str, Any] | None = None,
        exact: Callable[[], dict[str, Any]] | None = None,
    ) -> Self:
        """From parsed JSON. ``data`` is kept and must not be changed afterwards.

        What old writers left out is filled in: ``order`` "C", ``filters`` and ``fill_value`` null. What they stored
        malformed is read as `zarrc.metadata.repair` says, with a warning where the user should do something about it.

        Parameters
        ----------
        data
            Content of ``.zarray``.
        path
            Path of the array, for messages.
        attributes
            Content of ``.zattrs``. None: what `to_dict` put under "attributes", if anything.
        exact
            Gives the same content with `zarrc.dtypes.ExactFloat` numbers, asked only when a fill value needs it.

        Raises
        ------
        MetadataValidationError
            Or one of its subclasses, with document, key and value in the message.
        """
        try:
            return cls._from_valid(data, path, attributes, exact)
        except MetadataValidationError:
            read = repaired(data, 2)
            if read is None:
                raise
        metadata = cls._from_valid(read[0], path, attributes, exact)
        if read[2]:
            stored = data if attributes is not None else {key: data[key] for key in data if key != "attributes"}
            metadata = metadata._with(document=RepairedDocument(metadata.document, stored))
        warn_of_repair(path, read[1])
        return metadata

    @classmethod
    def _from_valid(
        cls,
        data: dict[str, Any],
        path: str,
        attributes: dict[str, Any] | None,
        exact: Callable[[], dict[str, Any]] | None,
    ) -> Self:
        document = document_name(path, ".zarray")
        if attributes is None:
            attributes = attributes_of(data.get("attributes"), document, "attributes")
            data = {key: value for key, value in data.items() if key != "attributes"}
        try:
            zarr_format, json_shape, json_chunks = data["zarr_format"], data["shape"], data["chunks"]
            json_type, compressor = data["dtype"], data["compressor"]
        except KeyError:
            refuse(document, next(key for key in _REQUIRED if key not in data), "is required and missing")
        if zarr_format != 2 or type(zarr_format) is not int:
            refuse(document, "zarr_format", f"must be 2, not {shown(zarr_format)}")
        shape = sizes(json_shape, 0, document, "shape")
        chunks = sizes(json_chunks, 1, document, "chunks")
        if compressor is not None:
            _check_codec(compressor, document, "compressor")
        filters = data.get("filters")
        if filters is not None:
            if type(filters) is not list:
                refuse(document, "filters", f"must be null or a list, not {shown(filters)}")
            for codec in filters:
                _check_codec(codec, document, "filters")
        json_fill = data.get("fill_value")
        key = "dtype"
        try:
            data_type = parse_v2(json_type, filters[0]["id"] if filters else None)
            key = "fill_value"
            if json_fill is None:
                fill = None
            elif data_type.wants_text(json_fill) and exact is not None:
                fill = data_type.fill_from_json(exact()["fill_value"], 2)
            else:
                fill = data_type.fill_from_json(json_fill, 2)
        except MetadataValidationError as e:
            refuse(document, key, str(e), type(e))
        except RecursionError:
            refuse(document, key, "nested too deeply")
        check_counts(shape, chunks, data_type.dtype.itemsize, document, "chunks")
        order = data.get("order", "C")
        if order not in ("C", "F"):
            refuse(document, "order", f"must be 'C' or 'F', not {shown(order)}")
        separator = data.get("dimension_separator", ".")
        if separator != "." and separator != "/":
            if separator is not None:
                refuse(document, "dimension_separator", f"must be '.' or '/', not {shown(separator)}")
            separator = "."
        return cls._make(
            shape,
            chunks,
            data_type,
            fill,
            order,
            tuple(filters) if filters else None,
            separator,
            compressor,
            attributes,
            data,
            {} if _KNOWN.issuperset(data) else {key: data[key] for key in data if key not in _KNOWN},
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON data of ``.zarray`` and, under "attributes", of ``.zattrs``; a copy.

        As zarr-python has it: shape and chunks as tuples, the data type in its usual spelling.
        """
        normal = {"shape": self.shape, "chunks": self.chunks, "dtype": self.data_type.to_v2()}
        return {**copy_json(dict(self.document)), **normal, "attributes": copy_json(self.attributes)}

    def documents(self) -> dict[str, bytes]:
        """File names, relative to the array, to the bytes to store there."""
        return {".zarray": dump(self.document), ".zattrs": dump(self.attributes, name="attributes")}

    # changes -------------------------------------------------------------------------------------------------
    def with_shape(self, shape: tuple[int, ...]) -> Self:
        """The same with another shape of the same rank."""
        checked = sizes([int(size) for size in shape], 0, ".zarray", "shape")
        if len(checked) != self.ndim:
            refuse(".zarray", "shape", f"{shown(list(checked))} must have {self.ndim} axes")
        check_counts(checked, self.chunks, self.dtype.itemsize, ".zarray", "chunks")
        return self._with(shape=checked, document={**self.document, "shape": list(checked)})

    update_shape = with_shape

    def with_attributes(self, attributes: dict[str, Any]) -> Self:
        """The same with other attributes, all replaced."""
        return self._with(attributes=copy_json(dict(attributes)), document={**self.document})

    update_attributes = with_attributes


def _comparable(m: ArrayV2Metadata) -> tuple:
    fill = None if m.fill_value is None else m.data_type.fill_to_json(m.fill_value, 2)
    layout = (m.shape, m.chunks, m.data_type, m.order, m.dimension_separator)
    return (*layout, m.filters, m.compressor, m.attributes, m.extra_fields, shown(fill, 1 << 20))


def _check_codec(value: JSON, document: str, key: str) -> None:
    if type(value) is not dict or type(value.get("id")) is not str:
        refuse(document, key, f"needs objects with an id, not {shown(value)}")


def parse_array_v2(zarray: bytes, zattrs: bytes | None = None, path: str = "") -> ArrayV2Metadata:
    """From the bytes of ``.zarray`` and of ``.zattrs``, None where there is none."""
    document = document_name(path, ".zarray")
    data = load_object(zarray, document)
    attributes = {} if zattrs is None else load_object(zattrs, document_name(path, ".zattrs"))
    return ArrayV2Metadata.from_dict(
        data, path, attributes=attributes, exact=lambda: load_object(zarray, document, exact=True)
    )

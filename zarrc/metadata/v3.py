"""Array metadata of Zarr v3 (``zarr.json`` with ``node_type: array``; Zarr core 3.0 and 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np

from zarrc.dtypes import DataType, from_numpy, parse_v3
from zarrc.dtypes.base import JSON, shown
from zarrc.errors import MetadataValidationError, NodeTypeValidationError
from zarrc.frozen import set_slot
from zarrc.grid import ChunkGrid
from zarrc.metadata.document import (
    RepairedDocument,
    attributes_of,
    copy_json,
    document_name,
    dump,
    load_object,
    named,
    refuse,
    repaired,
    sizes,
    warn_of_repair,
)
from zarrc.metadata.grids import check_grid, parse_grid
from zarrc.metadata.keys import KeyEncoding, key_encoding
from zarrc.metadata.record import Record, plain

_REQUIRED = (
    "zarr_format",
    "node_type",
    "shape",
    "data_type",
    "chunk_grid",
    "chunk_key_encoding",
    "fill_value",
    "codecs",
)
_KNOWN = frozenset((*_REQUIRED, "attributes", "dimension_names", "storage_transformers"))


class ArrayV3Metadata(Record):
    """Everything ``zarr.json`` says about an array, checked.

    Made by `from_dict` and `build_array_metadata`, or as in zarr-python by keyword arguments: objects of this package,
    their JSON, or zarr-python's own objects.

    Attributes
    ----------
    shape
        Elements per axis.
    data_type
        The Zarr data type; ``dtype`` is its numpy dtype, in native byte order.
    chunk_grid, chunk_key_encoding
        How the array is cut and how its chunks are called; also ``grid`` and ``key_encoding``.
    fill_value
        numpy scalar, never None (v3 has no undefined fill value); also ``fill_scalar``.
    codecs
        Codec objects in order of encoding, made when asked for; ``named_codecs`` are their configurations, each
        ``{"name", "configuration"}``, ``codec_configs`` these as read.
    attributes, dimension_names, storage_transformers, extra_fields
        As in the document. ``extra_fields`` are the unknown members that may be ignored.
    document
        The JSON data that was read, which is what gets written back.
    write_orders
        ``subchunk_write_order`` of the sharding codec, and of those in it, that the array was made with. Documents do
        not have it.
    """

    __slots__ = _slots = (
        "shape",
        "data_type",
        "chunk_grid",
        "chunk_key_encoding",
        "fill_value",
        "named_codecs",
        "attributes",
        "dimension_names",
        "document",
        "extra_fields",
        "write_orders",
    )
    #: Set by the layer that knows codecs: metadata alone needs none.
    make_codecs: ClassVar[Callable[[ArrayV3Metadata], tuple[Any, ...]]] = staticmethod(lambda meta: meta.named_codecs)
    #: Per axis what chunks must be multiples of, in elements (inner chunks of shards), None for 1; set as well.
    chunk_unit: ClassVar[Callable[[ArrayV3Metadata], tuple[int, ...] | None]] = staticmethod(lambda _: None)
    _fields = (*_slots[:5], "codecs", *_slots[6:8], "storage_transformers", "extra_fields")
    shape: tuple[int, ...]
    data_type: DataType
    chunk_grid: ChunkGrid
    chunk_key_encoding: KeyEncoding
    fill_value: Any
    named_codecs: tuple[dict[str, Any], ...]
    attributes: dict[str, Any]
    dimension_names: tuple[str | None, ...] | None
    document: dict[str, Any]
    extra_fields: dict[str, Any]
    write_orders: tuple[Any, ...]
    storage_transformers: tuple[dict[str, Any], ...] = ()
    zarr_format: Literal[3] = 3
    node_type: Literal["array"] = "array"

    def __init__(
        self,
        *,
        shape: Sequence[int],
        data_type: Any,
        chunk_grid: Any,
        chunk_key_encoding: Any,
        fill_value: Any,
        codecs: Iterable[Any],
        attributes: Mapping[str, Any] | None = None,
        dimension_names: Sequence[str | None] | None = None,
        storage_transformers: Iterable[Any] | None = None,
        extra_fields: Mapping[str, Any] | None = None,
    ) -> None:
        if not isinstance(data_type, DataType):
            to_json = getattr(data_type, "to_json", None)
            data_type = from_numpy(data_type) if to_json is None else parse_v3(to_json(zarr_format=3))
        codecs = tuple(codecs)
        document: dict[str, Any] = {
            "zarr_format": 3,
            "node_type": "array",
            "shape": [int(size) for size in shape],
            "data_type": data_type.to_v3(),
            "chunk_grid": copy_json(plain(chunk_grid)),
            "chunk_key_encoding": copy_json(plain(chunk_key_encoding)),
            "fill_value": data_type.fill_to_json(data_type.cast_fill(fill_value), 3),
            "codecs": [_codec_json(codec) for codec in codecs],
            "attributes": copy_json(dict(attributes or {})),
            "storage_transformers": list(storage_transformers or ()),
            **(extra_fields or {}),
        }
        if dimension_names is not None:
            document["dimension_names"] = list(dimension_names)
        checked = self.from_dict(document)._with(write_orders=_write_orders(codecs))
        for name in self._slots:
            set_slot(self, name, getattr(checked, name))
        if data_type.to_v3() == self.data_type.to_v3():
            set_slot(self, "data_type", data_type)  # its byte order in memory, which documents do not have

    def __eq__(self, other: object) -> bool:
        """Same document content; fill values are compared by their bits, so NaN equals NaN."""
        if not isinstance(other, ArrayV3Metadata):
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
    def grid(self) -> ChunkGrid:
        return self.chunk_grid

    @property
    def chunks(self) -> tuple[int, ...]:
        """Chunk shape of a regular grid. AttributeError on other grids."""
        return self.chunk_grid.chunk_shape  # type: ignore[attr-defined]

    @property
    def key_encoding(self) -> KeyEncoding:
        return self.chunk_key_encoding

    @property
    def fill_scalar(self) -> Any:
        return self.fill_value

    @property
    def codecs(self) -> tuple[Any, ...]:
        """As zarr-python has them. The configurations where one of the codecs is unknown or cannot be made; the error
        comes with the first read of the array."""
        try:
            return ArrayV3Metadata.make_codecs(self)
        except MetadataValidationError:
            return self.named_codecs

    @property
    def codec_configs(self) -> tuple[Any, ...]:
        """The codecs as the document has them: names alone and missing configurations are kept, for ``bytes`` it
        matters."""
        return tuple(self.document["codecs"])

    @property
    def order(self) -> Literal["C"]:
        return "C"

    def encode_chunk_key(self, chunk_coords: tuple[int, ...]) -> str:
        """Key of a chunk, relative to the array."""
        return self.chunk_key_encoding.encode(chunk_coords)

    # documents -----------------------------------------------------------------------------------------------
    @classmethod
    def from_dict(
        cls, data: dict[str, Any], path: str = "", *, exact: Callable[[], dict[str, Any]] | None = None
    ) -> Self:
        """From parsed JSON. ``data`` is kept and must not be changed afterwards. Chunk grids that older software
        stored malformed are read as `zarrc.metadata.repair` says, with a warning where the user should do something
        about it.

        Parameters
        ----------
        data
            Content of ``zarr.json``.
        path
            Path of the array, for messages.
        exact
            Gives the same content with `zarrc.dtypes.ExactFloat` numbers, asked only when a fill value needs it.

        Raises
        ------
        MetadataValidationError
            Or one of its subclasses, with document, key and value in the message.
        """
        try:
            return cls._from_valid(data, path, exact)
        except MetadataValidationError:
            read = repaired(data, 3)
            if read is None:
                raise
        metadata = cls._from_valid(read[0], path, exact)
        if read[2]:
            metadata = metadata._with(document=RepairedDocument(metadata.document, data))
        warn_of_repair(path, read[1])
        return metadata

    @classmethod
    def _from_valid(cls, data: dict[str, Any], path: str, exact: Callable[[], dict[str, Any]] | None) -> Self:
        document = document_name(path, "zarr.json")
        try:
            zarr_format, node_type = data["zarr_format"], data["node_type"]
            json_shape, json_type, json_grid = data["shape"], data["data_type"], data["chunk_grid"]
            json_keys, json_fill, json_codecs = data["chunk_key_encoding"], data["fill_value"], data["codecs"]
        except KeyError:
            _refuse_incomplete(data, document)
        if zarr_format != 3 or type(zarr_format) is not int:
            refuse(document, "zarr_format", f"must be 3, not {shown(zarr_format)}")
        if node_type != "array":
            refuse(document, "node_type", f"must be 'array', not {shown(node_type)}", NodeTypeValidationError)
        shape = sizes(json_shape, 0, document, "shape")
        key = "data_type"
        try:
            data_type = parse_v3(json_type)
            key = "fill_value"
            if data_type.wants_text(json_fill) and exact is not None:
                fill = data_type.fill_from_json(exact()["fill_value"], 3)
            else:
                fill = data_type.fill_from_json(json_fill, 3)
        except MetadataValidationError as e:
            refuse(document, key, str(e), type(e))
        except RecursionError:
            refuse(document, key, "nested too deeply")
        grid = parse_grid(json_grid, shape, data_type.dtype.itemsize, document)
        attributes = data.get("attributes")
        if type(attributes) is not dict:
            attributes = attributes_of(attributes, document, "attributes")
        transformers = data.get("storage_transformers")
        if transformers != [] and transformers is not None:
            refuse(
                document,
                "storage_transformers",
                "Arrays with storage transformers are not supported in zarr-python at this time, and not here: "
                f"{shown(transformers)}",
            )
        names = data.get("dimension_names")
        keys = key_encoding(json_keys, document)
        if not keys.native:
            _check_keys(keys, len(shape), document)
        return cls._make(
            shape,
            data_type,
            grid,
            keys,
            fill,
            _codecs(json_codecs, document),
            attributes,
            None if names is None else _dimension_names(names, len(shape), document),
            data,
            {} if _KNOWN.issuperset(data) else extra_fields(data, _KNOWN, document),
            (),
        )

    def to_dict(self) -> dict[str, Any]:
        """The document's JSON data, a copy; shape and codecs as tuples, as zarr-python has it."""
        found = copy_json(dict(self.document))
        return {**found, "shape": self.shape, "codecs": tuple(found["codecs"])}

    def documents(self) -> dict[str, bytes]:
        """File names, relative to the array, to the bytes to store there."""
        return {"zarr.json": dump(self.document)}

    # changes -------------------------------------------------------------------------------------------------
    def with_shape(self, shape: tuple[int, ...]) -> Self:
        """The same with another shape of the same rank."""
        shape = tuple(int(size) for size in shape)
        checked = sizes(list(shape), 0, "zarr.json", "shape")
        if len(checked) != self.ndim:
            refuse("zarr.json", "shape", f"{shown(list(shape))} must have {self.ndim} axes")
        grid = self.chunk_grid.resized(checked)
        if grid != self.chunk_grid:
            grid = self.chunk_grid.resized(checked, ArrayV3Metadata.chunk_unit(self))
        check_grid(grid, checked, self.dtype.itemsize, "zarr.json")
        document = {**self.document, "shape": list(checked)}
        if grid != self.chunk_grid:
            document["chunk_grid"] = grid.to_dict()
        return self._with(shape=checked, chunk_grid=grid, document=document)

    update_shape = with_shape

    def with_attributes(self, attributes: dict[str, Any]) -> Self:
        """The same with other attributes, all replaced."""
        attributes = copy_json(dict(attributes))
        return self._with(attributes=attributes, document={**self.document, "attributes": attributes})

    update_attributes = with_attributes


def _comparable(m: ArrayV3Metadata) -> tuple:
    fill = m.data_type.fill_to_json(m.fill_value, 3)
    layout = (m.shape, m.data_type, m.chunk_grid, m.chunk_key_encoding)
    return (*layout, m.named_codecs, m.attributes, m.dimension_names, m.extra_fields, shown(fill, 1 << 20))


def _refuse_incomplete(data: dict[str, Any], document: str) -> Any:
    if data.get("node_type", "array") != "array":
        refuse(document, "node_type", f"must be 'array', not {shown(data['node_type'])}", NodeTypeValidationError)
    missing = [key for key in _REQUIRED if key not in data]
    refuse(document, missing[0], "is required and missing")


def _check_keys(keys: KeyEncoding, ndim: int, document: str) -> None:
    try:
        keys.check_ndim(ndim)
    except MetadataValidationError as e:
        refuse(document, "chunk_key_encoding", str(e))


def _codec_json(codec: Any) -> Any:
    """The long form, always: readers of Zarr 3.0 take neither bare names nor a missing configuration."""
    codec = plain(codec)
    if isinstance(codec, str):
        codec = {"name": codec}
    elif isinstance(codec, Mapping):
        codec = copy_json(dict(codec))
    else:
        return codec
    return codec if "configuration" in codec else {**codec, "configuration": {}}


def _write_orders(codecs: Iterable[Any]) -> tuple[Any, ...]:
    """Of the shard among codec objects and the shards in it, outermost first; empty when none has an order."""
    for codec in codecs:
        if hasattr(codec, "subchunk_write_order"):
            orders = (codec.subchunk_write_order, *_write_orders(codec.codecs))
            return () if set(orders) == {"unordered"} else orders
    return ()


def _codecs(value: JSON, document: str) -> tuple[dict[str, Any], ...]:
    if type(value) not in (list, tuple) or not value:
        refuse(document, "codecs", f"must be a list of at least one codec, not {shown(value)}")
    found = []
    for codec in value:
        name, configuration = named(codec, document, "codecs")
        found.append({"name": name, "configuration": configuration})
    return tuple(found)


def _dimension_names(value: JSON, ndim: int, document: str) -> tuple[str | None, ...]:
    if type(value) is not list or not all(name is None or type(name) is str for name in value):
        refuse(document, "dimension_names", f"must be a list of strings and nulls, not {shown(value)}")
    if len(value) != ndim:
        refuse(document, "dimension_names", f"{len(value)} names for {ndim} axes: {shown(value)}")
    return tuple(value)


def extra_fields(data: dict[str, Any], known: frozenset[str], document: str) -> dict[str, Any]:
    """The unknown members, all of which must say that they need not be understood."""
    extra = {key: value for key, value in data.items() if key not in known}
    for key, value in extra.items():
        if type(value) is not dict or value.get("must_understand") is not False:
            refuse(document, key, f"unknown, and must be understood: {shown(value)}")
    return extra


def parse_array_v3(raw: bytes, path: str = "") -> ArrayV3Metadata:
    """From the bytes of ``zarr.json``."""
    document = document_name(path, "zarr.json")
    data = load_object(raw, document)
    return ArrayV3Metadata.from_dict(data, path, exact=lambda: load_object(raw, document, exact=True))

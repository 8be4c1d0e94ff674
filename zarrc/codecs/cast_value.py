"""``cast_value``: numbers in another data type (zarr-extensions "cast_value")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.cast_numbers import ROUNDINGS, OutOfRangeError, cast
from zarrc.codecs.validation import check_choice
from zarrc.dtypes import from_numpy, parse_v3
from zarrc.errors import CodecError, CodecValidationError, MetadataValidationError

Pairs = tuple[tuple[Any, Any], ...]


def parse_scalar_map(obj: Mapping[str, Any]) -> dict[str, dict[Any, Any]]:
    """``{"encode": {from: to, ...}, "decode": {...}}`` of that, or of lists of pairs; directions may be None."""
    return {direction: dict(obj[direction]) for direction in ("encode", "decode") if obj.get(direction) is not None}


@dataclass(frozen=True)
class CastValueCodec(Codec):
    """Values are converted, not bits. Integers and floats.

    Parameters
    ----------
    data_type
        v3 data type of what is stored.
    rounding
        "nearest-even" (default), "towards-zero", "towards-positive", "towards-negative" or "nearest-away".
    out_of_range
        What becomes of numbers that a type cannot hold: "clamp", "wrap" (integer types only), or None: an error.
    scalar_map
        ``{"encode": [[from, to], ...], "decode": [...]}``: values that are converted otherwise, in the JSON form of
        fill values. NaN stands for every NaN.
    """

    name: ClassVar[str] = "cast_value"
    kind: ClassVar[Kind] = "array_array"

    data_type: Any
    rounding: str = "nearest-even"
    out_of_range: str | None = None
    scalar_map: Any = None
    source: np.dtype | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            target = parse_v3(self.data_type)
        except MetadataValidationError as e:
            raise CodecValidationError(f"codec {self.name!r}: data_type: {e}") from e
        if target.dtype.kind not in "iuf":
            raise CodecValidationError(f"codec {self.name!r} casts to integers and floats, not to {target.label}")
        object.__setattr__(self, "data_type", target.to_v3())
        check_choice(self.name, "rounding", self.rounding, ROUNDINGS)
        if self.out_of_range == "error":
            object.__setattr__(self, "out_of_range", None)
        if self.out_of_range is not None:
            check_choice(self.name, "out_of_range", self.out_of_range, ("clamp", "wrap"))
        if self.scalar_map is not None:
            object.__setattr__(self, "scalar_map", self._checked_map(self.scalar_map))

    def _checked_map(self, scalar_map: Any) -> tuple[tuple[str, Pairs], ...]:
        """As a hashable tuple of (direction, pairs)."""
        found = []
        entries = dict(scalar_map) if isinstance(scalar_map, (Mapping, tuple)) else None
        if entries is None or not entries.keys() <= {"encode", "decode"}:
            raise CodecValidationError(f"codec {self.name!r}: malformed scalar_map {scalar_map!r}")
        for direction, pairs in entries.items():
            pairs = list(pairs.items()) if isinstance(pairs, Mapping) else pairs
            if not isinstance(pairs, (list, tuple)) or not all(
                isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in pairs
            ):
                raise CodecValidationError(f"codec {self.name!r}: malformed scalar_map {scalar_map!r}")
            found.append((direction, tuple((key, value) for key, value in pairs)))
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        configuration: dict[str, Any] = {"data_type": self.data_type}
        if self.rounding != "nearest-even":
            configuration["rounding"] = self.rounding
        if self.out_of_range is not None:
            configuration["out_of_range"] = self.out_of_range
        if self.scalar_map is not None:
            maps = {direction: [list(pair) for pair in pairs] for direction, pairs in self.scalar_map}
            configuration["scalar_map"] = maps
        return {"name": self.name, "configuration": configuration}

    def resolve(self, spec: ChunkSpec) -> CastValueCodec:
        if spec.dtype.kind not in "iuf" or spec.bits is not None:
            raise CodecValidationError(
                f"codec {self.name!r} only supports integer and floating-point data types, not {spec.dtype}"
            )
        if self.out_of_range == "wrap" and self._target().kind == "f":
            raise CodecValidationError(f"codec {self.name!r}: out_of_range 'wrap' is only valid for integer types")
        new = type(self)(self.data_type, self.rounding, self.out_of_range, self.scalar_map)
        object.__setattr__(new, "source", spec.dtype.newbyteorder("="))
        new._pairs("encode")
        new._pairs("decode")
        return new

    def output_spec(self, spec: ChunkSpec) -> ChunkSpec:
        fill = None
        if spec.fill_value is not None:
            try:
                fill = self.encode(np.full(1, spec.fill_value, spec.dtype))[0]
            except CodecError:
                fill = None  # a fill value that cannot be stored: chunks of a shard that hold it are written
        return spec.replaced(dtype=self._target(), fill_value=fill)

    def _target(self) -> np.dtype:
        return parse_v3(self.data_type).dtype

    def _source(self) -> np.dtype:
        if self.source is None:
            raise CodecValidationError(f"codec {self.name!r} works only after resolve(): the data type is unknown")
        return self.source

    def _pairs(self, direction: str) -> list[tuple[Any, Any]]:
        """The map's entries as numpy scalars of the two types. Raises `CodecValidationError`."""
        types = [from_numpy(self._source()), from_numpy(self._target())]
        if direction == "decode":
            types.reverse()
        try:
            return [
                (types[0].fill_from_json(key, 3), types[1].fill_from_json(value, 3))
                for key, value in dict(self.scalar_map or ()).get(direction, ())
            ]
        except MetadataValidationError as e:
            bad, name = self._unfit(types, direction)
            raise CodecValidationError(
                f"codec {self.name!r}: scalar_map {direction}: {bad!r} is not representable in dtype {name}: {e}"
            ) from e

    def _unfit(self, types: list[Any], direction: str) -> tuple[Any, str]:
        """The first entry of the map that is no number of its type, and that type."""
        for pair in dict(self.scalar_map or ()).get(direction, ()):
            for data_type, number in zip(types, pair, strict=True):
                try:
                    data_type.fill_from_json(number, 3)
                except MetadataValidationError:
                    return number, data_type.dtype.name
        raise AssertionError("all entries are numbers of their types")

    def encode(self, data: np.ndarray) -> np.ndarray:
        """Array of the same shape and of ``data_type``. Raises `CodecError` for a number that does not fit."""
        return self._cast(data, self._source(), self._target(), "encode")

    def decode(self, data: np.ndarray, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the same shape and the array's dtype. Raises `CodecError` for a number that does not fit."""
        return self._cast(data, self._target(), self._source(), "decode")

    def _cast(self, data: np.ndarray, source: np.dtype, target: np.dtype, direction: str) -> np.ndarray:
        values = np.atleast_1d(np.asarray(data)).astype(source)
        out = np.empty(values.shape, target)
        mapped = np.zeros(values.shape, bool)
        for key, value in reversed(self._pairs(direction)):  # so that the first of two entries wins
            same = np.isnan(values) if key != key else values == key
            out[same] = value
            mapped |= same
        try:
            out[~mapped] = cast(values[~mapped], target, self.rounding, self.out_of_range)
        except OutOfRangeError as e:
            raise CodecError(str(e), codec=self.name) from e
        return out.reshape(np.shape(data))

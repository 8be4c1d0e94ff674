"""Arrays of ExZarr's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from zarrc.array import Array
from zarrc.array_config import ArrayConfig, parse_array_config
from zarrc.chunkio import ChunkIO
from zarrc.codecs.base import ChunkSpec, Codec
from zarrc.codecs.bytes_ import BytesCodec
from zarrc.codecs.chain import Chain
from zarrc.errors import ArrayNotFoundError, CodecError, NodeTypeValidationError
from zarrc.interop.exzarr.errors import ExZarrError
from zarrc.interop.exzarr.translation import Translation
from zarrc.interop.exzarr.v2 import translate_v2
from zarrc.interop.exzarr.v3 import translate_v3
from zarrc.metadata import ArrayV2Metadata
from zarrc.metadata.document import document_name, load_object
from zarrc.node import Opened
from zarrc.stores import StoreLike, StorePath, make_store_path
from zarrc.stores.zip import ZipStore

Mode = Literal["r", "r+"]


def place_of(store: StoreLike, path: str | None, mode: Mode) -> StorePath:
    """The place to open; a path of a file is a zip file. Raises ValueError for another mode than "r" and "r+"."""
    if mode not in ("r", "r+"):
        raise ValueError(f"mode must be 'r' or 'r+', not {mode!r}; create_array makes arrays")
    if isinstance(store, str | os.PathLike) and os.path.isfile(store):
        return make_store_path(ZipStore(store), path)
    return make_store_path(store, path, read_only=mode == "r")


def _chain(translation: Translation, codecs: tuple[Codec, ...]) -> Chain:
    meta = translation.metadata
    spec = ChunkSpec(meta.grid.largest_chunk(), meta.dtype, meta.fill_scalar)
    if isinstance(meta, ArrayV2Metadata):
        return Chain([], BytesCodec().as_in_memory(), codecs, spec)
    return Chain([], codecs[0], codecs[1:], spec)


class _TranslatedIO(ChunkIO):
    """Reads chunks with ExZarr's codecs where they are not Zarr's, and rewritten ones where Zarr's codecs refuse."""

    __slots__ = ("_spliced",)

    def __init__(self, translation: Translation) -> None:
        if translation.private is None:
            super().__init__(translation.metadata)
        else:
            self._metadata, self._python, self.plan = translation.metadata, None, None
            self.chain = _chain(translation, translation.private)
        self._spliced: ChunkIO | None = None
        if translation.spliced is not None:
            self._spliced = _TranslatedIO(translation._replace(private=translation.spliced, spliced=None))

    def read(self, *args: Any) -> None:
        try:
            super().read(*args)
        except CodecError:
            if self._spliced is None:
                raise
            self._spliced.read(*args)


class _TranslatedArray(Opened):
    __slots__ = ("_translation",)

    def __init__(self, translation: Translation) -> None:
        super().__init__(translation.metadata)
        self._translation = translation

    def changed(self, metadata: Any) -> _TranslatedArray:
        return _TranslatedArray(self._translation._replace(metadata=metadata))

    @property
    def io(self) -> ChunkIO:
        io = self._io
        if io is None:
            io = self._io = _TranslatedIO(self._translation)
        return io


class ExZarrArray(Array):
    """A `zarrc.Array` whose chunks are ExZarr's. ``metadata`` are as Zarr would have them.

    Where ``deviations`` is empty, what is stored is plain Zarr too and may be written in mode "r+". Otherwise every
    write raises `ExZarrError`, which says why.
    """

    __slots__ = ("_translation",)

    def __init__(self, place: StorePath, translation: Translation, config: ArrayConfig) -> None:
        super().__init__(place, _TranslatedArray(translation), config)
        self._translation = translation

    @property
    def deviations(self) -> tuple[str, ...]:
        """What ExZarr did otherwise than Zarr has it, in words."""
        return self._translation.deviations

    def _check_writable(self) -> None:
        super()._check_writable()
        if self.deviations:
            raise ExZarrError(f"{self._place}: not written, because ExZarr {'; '.join(self.deviations)}")

    def _set(self, selection: Any, value: Any) -> None:
        self._check_writable()
        super()._set(selection, value)

    def _stored_metadata(self) -> Any:
        return self.metadata  # what is stored is not in Zarr's words

    def _adopt(self, metadata: Any) -> None:
        super()._adopt(metadata)
        self._translation = self._translation._replace(metadata=metadata)

    def with_config(self, config: ArrayConfig | Mapping[str, Any]) -> ExZarrArray:
        return ExZarrArray(self._place, self._translation, super().with_config(config).config)

    def __reduce__(self) -> tuple:
        return (ExZarrArray, (self._place, self._translation, self._config))


def array_at(place: StorePath, config: ArrayConfig | Mapping[str, Any] | None = None) -> ExZarrArray | None:
    """The array at a place: ``zarr.json`` first, then ``.zarray``, as ExZarr looks.

    None where neither is, or a v3 group. Raises `ExZarrError`, `MetadataValidationError`.
    """
    get, key, path = place.store.get_bytes, place.key, str(place)
    name = "zarr.json"
    raw = get(key(name))
    if raw is None:
        name = ".zarray"
        raw = get(key(name))
        if raw is None:
            return None
    document = load_object(raw, document_name(path, name))
    if name == "zarr.json" and document.get("node_type") == "group":
        return None
    if document.get("zarr_format") == 3:
        translation = translate_v3(raw, name, path)
    else:
        translation = translate_v2(raw, get(key(".zattrs")), path)
    return ExZarrArray(place, translation, parse_array_config(config))


def open_array(
    store: StoreLike,
    *,
    path: str | None = None,
    mode: Mode = "r",
    config: ArrayConfig | Mapping[str, Any] | None = None,
) -> ExZarrArray:
    """Opens an array that ExZarr wrote.

    Parameters
    ----------
    store
        A directory, a zip file, or whatever `zarrc.open_array` takes.
    path
        Of the array in the store.
    mode
        "r", or "r+" to write as well, which works where what is stored is plain Zarr (`ExZarrArray.deviations`).
    config
        As in `zarrc.open_array`.

    Raises
    ------
    ArrayNotFoundError, NodeTypeValidationError
        Nothing, or a group, is there.
    ExZarrError
        ExZarr cannot have written this, or cannot have stored data in it. `zarrc.open_array` may read it.
    MetadataValidationError
        A broken document.
    """
    place = place_of(store, path, mode)
    array = array_at(place, config)
    if array is not None:
        return array
    if any(place.store.exists_sync(place.key(name)) for name in (".zgroup", "zarr.json")):
        raise NodeTypeValidationError(f"{place}: a group is stored here, not an array")
    raise ArrayNotFoundError(f"No array found in store {str(place.store)!r} at path {place.path!r}")


def read(store: StoreLike, *, path: str | None = None) -> np.ndarray:
    """All elements of an array that ExZarr wrote; an ndarray of the array's shape and dtype. Raises as `open_array`,
    and `CodecError` for a chunk that cannot be read."""
    return np.asarray(open_array(store, path=path)[...])

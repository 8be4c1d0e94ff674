"""Every exception that zarrc raises on purpose.

Names that zarr-python 3 has are kept, with the same built-in bases, so that ``except`` clauses written for it
work. What is new derives from the nearest of them.
"""

from __future__ import annotations

__all__ = [
    "ArrayIndexError",
    "ArrayNotFoundError",
    "BadConfigError",
    "BaseZarrError",
    "BoundsCheckError",
    "ChunkError",
    "ChunkIOError",
    "ChunkNotFoundError",
    "CodecError",
    "CodecValidationError",
    "ConflictError",
    "ContainsArrayAndGroupError",
    "ContainsArrayError",
    "ContainsGroupError",
    "DataTypeValidationError",
    "FillValueError",
    "GroupNotFoundError",
    "KernelTierError",
    "LockError",
    "MetadataValidationError",
    "MissingDependencyError",
    "NegativeStepError",
    "NodeNotFoundError",
    "NodeTypeValidationError",
    "PickleCodecDisabledError",
    "ReadOnlyError",
    "StoreIOError",
    "UnknownChunkGridError",
    "UnknownCodecError",
    "UnknownDataTypeError",
    "UnknownKeyEncodingError",
    "UnstableSpecificationWarning",
    "VindexInvalidSelectionError",
    "ZarrDeprecationWarning",
    "ZarrFutureWarning",
    "ZarrRuntimeWarning",
    "ZarrUserWarning",
    "ZeroStepError",
]


class BaseZarrError(ValueError):
    """Base of all errors about Zarr content.

    Made of a message, or, as in zarr-python, of the values that its message names.
    """

    _msg = "{}"

    def __init__(self, *args: object) -> None:
        super().__init__(self._msg.format(*args) if len(args) > 1 else args[0] if args else "")


class NodeNotFoundError(BaseZarrError, FileNotFoundError):
    """Neither an array nor a group lies at the path."""

    _msg = "No array or group found in store {!r} at path {!r}"


class ArrayNotFoundError(NodeNotFoundError):
    """No array lies at the path."""

    _msg = "No array found in store {!r} at path {!r}"


class GroupNotFoundError(NodeNotFoundError):
    """No group lies at the path."""

    _msg = "No group found in store {!r} at path {!r}"


class ContainsGroupError(BaseZarrError):
    """A group lies where something else was to be made or opened."""

    _msg = "A group exists in store {!r} at path {!r}."


class ContainsArrayError(BaseZarrError):
    """An array lies where something else was to be made or opened."""

    _msg = "An array exists in store {!r} at path {!r}."


class ContainsArrayAndGroupError(BaseZarrError):
    """Both an array and a group lie at one path."""

    _msg = (
        "Array and group metadata documents (.zarray and .zgroup) were both found in store {!r} at path {!r}. "
        "Only one of these files may be present in a given directory / prefix. "
        "Remove the .zarray file, or the .zgroup file, or both."
    )


class MetadataValidationError(BaseZarrError):
    """A metadata document breaks the specification. The message names the document and the JSON key."""

    _msg = "Invalid value for '{}'. Expected '{}'. Got '{}'."


class NodeTypeValidationError(MetadataValidationError):
    """A group's document where an array's was asked for, or the reverse."""


class DataTypeValidationError(MetadataValidationError):
    """A data type that is malformed, or that the Zarr format in use cannot store."""


class UnknownDataTypeError(DataTypeValidationError):
    """A data type that zarrc does not know."""


class FillValueError(MetadataValidationError, TypeError):
    """A fill value that does not fit its data type. Also a ``TypeError``, which zarr-python raises for it."""


class UnknownChunkGridError(MetadataValidationError):
    """A chunk grid that zarrc does not know."""


class UnknownKeyEncodingError(MetadataValidationError):
    """A chunk key encoding that zarrc does not know."""


class UnknownCodecError(MetadataValidationError):
    """A codec name or id that zarrc does not know."""


class CodecValidationError(MetadataValidationError):
    """A codec's configuration is malformed, or the codec does not fit the array or its neighbours."""


class ChunkError(BaseZarrError):
    """Something is wrong with one chunk.

    Attributes
    ----------
    array : str
        Path of the array, or "" when a codec was used alone.
    key : str
        Key of the chunk relative to the array, or "".
    codec : str
        Name of the codec that noticed, or "".
    """

    def __init__(self, message: str, *, array: str = "", key: str = "", codec: str = "") -> None:
        self.reason, self.array, self.key, self.codec = message, array, key, codec
        where = ", ".join(
            f"{label} {value!r}" for label, value in (("array", array), ("chunk", key), ("codec", codec)) if value
        )
        super().__init__(f"{where}: {message}" if where else message)

    def __reduce__(self) -> tuple:
        return (_rebuild_chunk_error, (type(self), self.reason, self.array, self.key, self.codec))


def _rebuild_chunk_error(cls: type[ChunkError], reason: str, array: str, key: str, codec: str) -> ChunkError:
    return cls(reason, array=array, key=key, codec=codec)


class CodecError(ChunkError):
    """A codec refused its input: truncated, over-long, corrupt or a failed checksum."""


class ChunkNotFoundError(ChunkError):
    """A chunk is missing and the configuration forbids to fill it (``array.read_missing_chunks``)."""


class StoreIOError(BaseZarrError, OSError):
    """The operating system refused a read or a write. ``errno`` and ``filename`` are set, and as with `OSError` the
    error is also a `PermissionError`, `FileNotFoundError` and so on where ``errno`` says so."""

    def __new__(cls, errno: int, strerror: str, filename: str | None = None) -> StoreIOError:
        kind = type(OSError(errno, strerror))
        return OSError.__new__(cls if issubclass(cls, kind) else _of_kind(cls, kind), errno, strerror, filename)

    def __init__(self, errno: int, strerror: str, filename: str | None = None) -> None:
        OSError.__init__(self, errno, strerror, filename)

    def __str__(self) -> str:
        return OSError.__str__(self)

    def __reduce__(self) -> tuple:
        return (_own_class(type(self)), (self.errno, self.strerror, self.filename))


_kinds: dict[tuple[type, type], type] = {}


def _of_kind(cls: type, kind: type) -> type:
    """``cls`` that is also the built-in ``kind``, under the same name."""
    made = _kinds.get((cls, kind))
    if made is None:
        names = {name: getattr(cls, name) for name in ("__module__", "__qualname__", "__doc__")}
        made = _kinds[cls, kind] = type(cls.__name__, (cls, kind), {**names, "_made_of": cls})
    return made


def _own_class(cls: type) -> type:
    """The class that can be imported, of one that `_of_kind` made."""
    return cls.__dict__.get("_made_of", cls)


class ChunkIOError(StoreIOError):
    """As `StoreIOError`, for one chunk: ``filename`` is array path and chunk key."""


class LockError(StoreIOError):
    """The file system, or its permissions, give no lock against other processes, which a write that merges needs."""

    def __str__(self) -> str:
        return (
            f"{super().__str__()}: no lock against other processes can be had here, and without one their writes to "
            "the same chunks could be lost. If no other process writes them, use config={'concurrency': 'thread'} or "
            "zarrc.config.set({'array.concurrency': 'thread'})"
        )


class ConflictError(BaseZarrError):
    """Something else is stored than a conditional change expected; nothing was changed.

    Attributes
    ----------
    stored : dict
        What is stored.
    """

    def __init__(self, message: str, stored: dict) -> None:
        self.stored = stored
        super().__init__(message)

    def __reduce__(self) -> tuple:
        return (type(self), (str(self), self.stored))


class ReadOnlyError(BaseZarrError):
    """A write to something that was opened read-only."""


class BoundsCheckError(IndexError):
    """An index outside the array."""


class ArrayIndexError(IndexError):
    """An index of a kind that this way of indexing does not take."""


class NegativeStepError(IndexError):
    """A slice with a negative step."""


class ZeroStepError(NegativeStepError, ValueError):
    """A slice with a step of 0."""


class VindexInvalidSelectionError(IndexError):
    """A selection that ``vindex`` does not take."""


class BadConfigError(ValueError):
    """The configuration names something that does not exist."""


class KernelTierError(RuntimeError):
    """``ZARRC_KERNELS`` names a tier that is unknown, not built here, or beyond this CPU."""


class MissingDependencyError(ImportError):
    """An optional package is needed; the message says what to install."""


class ZarrUserWarning(UserWarning):
    """A warning about a store or about how it is used."""


class ZarrDeprecationWarning(DeprecationWarning):
    """A feature that will go."""


class ZarrFutureWarning(FutureWarning):
    """A feature that will go, told to the users of programs."""


class ZarrRuntimeWarning(RuntimeWarning):
    """Something dubious happened at run time."""


class UnstableSpecificationWarning(ZarrFutureWarning):
    """A feature that the Zarr specification does not have, or not yet."""


class PickleCodecDisabledError(BaseZarrError):
    """Pickled data, which can run any code when read, and reading it was not allowed."""

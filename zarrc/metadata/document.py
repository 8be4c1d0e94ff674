"""JSON documents: reading hostile ones, checking values, naming document and key in every error."""

from __future__ import annotations

import itertools
import json
import warnings
from _thread import _local  # what threading.local is, without the rest of that module
from types import TracebackType
from typing import Any, NoReturn

from zarrc.config import config
from zarrc.dtypes.base import JSON, shown
from zarrc.dtypes.exact import ExactFloat
from zarrc.errors import MetadataValidationError, ZarrUserWarning
from zarrc.lazy import LazyModule

repair = LazyModule("zarrc.metadata.repair")
unstorable = LazyModule("zarrc.metadata.unstorable")

MAX_COUNT = (1 << 63) - 1

#: Changes when a document is refused at first: whoever remembers what it parsed can tell those that warn.
refusals = 0
_numbers = itertools.count(1)


def document_name(path: str, name: str) -> str:
    """``path/name``, how errors call a document."""
    return f"{path}/{name}" if path else name


def refuse(
    document: str, key: str, reason: str, kind: type[MetadataValidationError] = MetadataValidationError
) -> NoReturn:
    """Raise ``kind`` with the one form of message that all metadata errors have."""
    raise kind(f"{document}: key {key!r}: {reason}")


def max_bytes() -> int:
    """Bytes that a document may have: parsed, JSON takes some ten times its size."""
    return config.get("json_max_bytes", 1 << 28)


def _object(pairs: list[tuple[str, JSON]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise ValueError(f"key {shown(twice)} occurs twice in one object")
    return found


def load_object(raw: bytes | bytearray | memoryview | str, document: str, *, exact: bool = False) -> dict[str, Any]:
    """Parse a document whose root is an object.

    Parameters
    ----------
    raw
        UTF-8 JSON. The literals NaN and Infinity are let through: zarr-python writes them in attributes. At most
        ``config["json_max_bytes"]`` bytes.
    exact
        Keep the text of numbers with fraction or exponent, as `ExactFloat`.

    Raises
    ------
    MetadataValidationError
        Not UTF-8, not JSON, nested too deeply, numbers of thousands of digits, a key that occurs twice in one object
        (programs differ in which they take), another root than an object, or too large.
    """
    most = max_bytes()
    if len(raw) > most:
        raise MetadataValidationError(
            f"{document}: more than {most} bytes; for documents that are meant to be so large: "
            "zarrc.config.set({'json_max_bytes': n})"
        )
    try:
        text = raw if isinstance(raw, str) else str(raw, "utf-8")
        if text[:1] == "\ufeff":
            text = text[1:]
        parse_float = ExactFloat if exact else None
        data = json.loads(text, parse_float=parse_float, object_pairs_hook=_object)
    except RecursionError:
        raise MetadataValidationError(f"{document}: nested too deeply") from None
    except UnicodeDecodeError as e:
        raise MetadataValidationError(f"{document}: not UTF-8: {e.reason} at byte {e.start}") from None
    except ValueError as e:
        raise MetadataValidationError(f"{document}: not JSON: {e}") from None
    if type(data) is not dict:
        raise MetadataValidationError(f"{document}: the root must be an object, not {shown(data)}")
    return data


class RepairedDocument(dict[str, Any]):
    """A document of an array as it is read, well-formed, where the one that is stored puts chunks elsewhere.

    Attributes
    ----------
    stored
        The one that is stored.
    """

    __slots__ = ("stored",)

    def __init__(self, read: dict[str, Any] | None = None, stored: dict[str, Any] | None = None) -> None:
        super().__init__(read or {})
        self.stored = stored or {}


def as_stored(document: dict[str, Any]) -> dict[str, Any]:
    """What a store has where this document was read."""
    return document.stored if type(document) is RepairedDocument else document


_thread = _local()


class RepairsKnown:
    """While it is entered, in its thread: who reads knows how malformed documents are read, and is not warned."""

    def __enter__(self) -> None:
        _thread.known = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _thread.known = False


def repaired(data: dict[str, Any], zarr_format: int) -> tuple[dict[str, Any], str, bool] | None:
    """`zarrc.metadata.repair`, imported when a document was refused."""
    global refusals
    refusals = next(_numbers)  # never one that it was before, whatever threads do this at once
    return getattr(repair, f"repaired_v{zarr_format}")(data)


def warn_of_repair(path: str, warning: str) -> None:
    """Says how a malformed document of an array was read, if there is something to say."""
    if warning and not getattr(_thread, "known", False):
        warnings.warn(f"Array {path!r}: {warning}".rstrip(), ZarrUserWarning, stacklevel=4)


def dump(data: dict[str, Any], indent: int | str | None = "config", name: str = "") -> bytes:
    """A document's bytes, ASCII, indented by so many spaces; ``config['json_indent']`` unless said.

    Raises TypeError for what JSON cannot hold, with its place in ``data``, which ``name`` stands for.
    """
    try:
        return json.dumps(data, indent=config.get("json_indent", 2) if indent == "config" else indent).encode("ascii")
    except TypeError as e:
        raise TypeError(unstorable.complaint(data, name, e)) from None


def copy_json(value: JSON) -> JSON:
    """A copy of JSON data that shares no list or object with it. Tuples become lists; keys become the text that JSON
    has for them, and of keys that become the same the last one stays.

    Raises MetadataValidationError for what is nested too deeply.
    """
    try:
        return _copied(value)
    except RecursionError:
        raise MetadataValidationError("nested too deeply for JSON that all programs read") from None


def _copied(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {key if type(key) is str else _key(key): _copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(item) for item in value]
    return value


def _key(key: Any) -> Any:
    return json.dumps(key) if key is None or isinstance(key, (int, float)) else key


def sizes(value: JSON, least: int, document: str, key: str) -> tuple[int, ...]:
    """A list of ints in ``least ... 2**63 - 1`` as a tuple."""
    if type(value) is not list and type(value) is not tuple:
        refuse(document, key, f"must be a list of integers, not {shown(value)}")
    for size in value:
        if type(size) is not int or not least <= size <= MAX_COUNT:
            refuse(document, key, f"{shown(size)} must be an integer of at least {least} (in {shown(value)})")
    return tuple(value)


def check_counts(shape: tuple[int, ...], chunk: tuple[int, ...], itemsize: int, document: str, key: str) -> None:
    """Refuse shapes whose element count, and chunks whose byte count, exceeds a signed 64-bit integer."""
    if len(shape) != len(chunk):
        refuse(document, key, f"{len(chunk)} axes, but shape has {len(shape)}: {shown(list(chunk))}")
    nitems, nbytes = 1, itemsize
    for size, edge in zip(shape, chunk, strict=True):
        nitems *= size
        nbytes *= edge
    if nitems > MAX_COUNT:
        refuse(document, "shape", f"impossible shape {shown(list(shape))}: more than 2**63 - 1 elements")
    if nbytes > MAX_COUNT:
        refuse(document, key, f"impossible chunk shape {shown(list(chunk))}: more than 2**63 - 1 bytes")


def attributes_of(value: JSON, document: str, key: str) -> dict[str, Any]:
    """An attributes object; null, which some writers leave, is an empty one."""
    if value is None:
        return {}
    if type(value) is not dict:
        refuse(document, key, f"must be an object, not {shown(value)}")
    return value


def named(value: JSON, document: str, key: str) -> tuple[str, dict[str, Any]]:
    """Name and configuration of a v3 extension: an object, or since 3.1 its bare name.

    ``must_understand: false`` is refused: nothing that shapes the chunks may be skipped.
    """
    if type(value) is str:
        return value, {}
    if type(value) is not dict:
        refuse(document, key, f"must be a name or an object with a name, not {shown(value)}")
    name = value.get("name")
    if type(name) is not str or not name:
        refuse(document, key, f"has no name: {shown(value)}")
    configuration = value.get("configuration")
    if configuration is None:
        if "configuration" in value:
            refuse(document, key, f"configuration must be an object: {shown(value)}")
        configuration = {}
    elif type(configuration) is not dict:
        refuse(document, key, f"configuration must be an object: {shown(value)}")
    if len(value) > 2 or (len(value) == 2 and "configuration" not in value):
        for extra in value:
            if extra == "must_understand":
                if value[extra] is not True:
                    refuse(document, key, f"must_understand must be true here: {shown(value)}")
            elif extra not in ("name", "configuration"):
                refuse(document, key, f"unknown member {extra!r}: {shown(value)}")
    return name, configuration

"""Chunk key encodings of zarr-extensions (drafts #28, #31, #67) and of zarrs, all made in Python."""

from __future__ import annotations

import re
from typing import Any

from zarrc.dtypes.base import shown
from zarrc.errors import MetadataValidationError
from zarrc.frozen import set_slot
from zarrc.metadata.keys import KeyEncoding, key_encoding

_MOST_WIDTH = 64
_TERM = re.compile(r"\{\{|\}\}|\{(\*|-?[1-9][0-9]{0,3}|0)(?::0([1-9][0-9]{0,3}))?\}|[{}]")


class SuffixKeys(KeyEncoding):
    """``suffix``: the key of another encoding with a text behind it, such as ".tiff".

    ``zarrs.default_suffix`` is the same over the encoding ``default``.
    """

    __slots__ = ("base", "suffix")
    _fields = ("name", "base", "suffix")
    base: KeyEncoding
    suffix: str
    native = False

    def __init__(self, name: str, base: KeyEncoding, suffix: str) -> None:
        # the text may hold slashes, but no part of the key may lead elsewhere
        _check_parts(f"0{suffix}")
        set_slot(self, "name", name)
        set_slot(self, "base", base)
        set_slot(self, "suffix", suffix)

    def encode(self, coords: tuple[int, ...]) -> str:
        return self.base.encode(coords) + self.suffix

    def check_ndim(self, ndim: int) -> None:
        self.base.check_ndim(ndim)

    def to_dict(self) -> dict[str, Any]:
        if self.name == "suffix":
            configuration = {"suffix": self.suffix, "base_encoding": self.base.to_dict()}
        else:
            configuration = {"separator": self.base.separator, "suffix": self.suffix}
        return {"name": self.name, "configuration": configuration}


class FanoutKeys(KeyEncoding):
    """``fanout``: no directory gets more than ``max_children`` entries.

    A coordinate is written in base ``max_children - 1``, its digits in decimal, one directory each, after ``d`` and
    the number of its axis: with 101, (123, 5) is ``d0/1/23/d1/5/c``.
    """

    __slots__ = ("max_children",)
    _fields = ("max_children",)
    max_children: int
    native = False

    def __init__(self, max_children: int) -> None:
        if type(max_children) is not int or max_children <= 3:
            raise MetadataValidationError(f"max_children must be an integer above 3, not {shown(max_children)}")
        set_slot(self, "name", "fanout")
        set_slot(self, "max_children", max_children)

    def encode(self, coords: tuple[int, ...]) -> str:
        parts = []
        for axis, rest in enumerate(coords):
            digits = []
            while True:
                rest, digit = divmod(rest, self.max_children - 1)
                digits.append(str(digit))
                if not rest:
                    break
            parts += [f"d{axis}", *reversed(digits)]
        return "/".join((*parts, "c"))

    def to_dict(self) -> dict[str, Any]:
        return {"name": "fanout", "configuration": {"max_children": self.max_children}}


class TemplateKeys(KeyEncoding):
    """``template``: text with coordinates put in. ``{0}`` is the first, ``{-1}`` the last, ``{*}`` all that are not
    named, joined by the separator; ``{0:04}`` pads with zeros; braces are doubled.

    Parameters
    ----------
    template
        The text.
    separator
        Needed with ``{*}``; None otherwise.
    key
        How the configuration calls the text: the draft's table says "template", its schema and examples "format".
    """

    __slots__ = ("joiner", "key", "template", "terms")
    _fields = ("template", "joiner", "key")
    template: str
    joiner: str | None
    key: str
    # literal text, and (index or None for all others, width)
    terms: tuple[str | tuple[int | None, int], ...]
    native = False

    def __init__(self, template: str, separator: str | None, key: str = "format") -> None:
        set_slot(self, "name", "template")
        set_slot(self, "template", template)
        set_slot(self, "joiner", separator)
        set_slot(self, "key", key)
        set_slot(self, "terms", _terms(template))
        indices = [term[0] for term in self.terms if isinstance(term, tuple)]
        if not indices:
            raise MetadataValidationError(f"{shown(template)} has no coordinate")
        if indices.count(None) > 1:
            raise MetadataValidationError(f"{shown(template)} has {{*}} twice")
        if None in indices and separator is None:
            raise MetadataValidationError(f"{shown(template)} needs a separator")
        _check_parts("".join(term if isinstance(term, str) else "0" for term in self.terms))
        _check_parts(f"0{separator or ''}0")

    def _explicit(self, ndim: int) -> list[int]:
        return [
            term[0] + (ndim if term[0] < 0 else 0)
            for term in self.terms
            if isinstance(term, tuple) and term[0] is not None
        ]

    def check_ndim(self, ndim: int) -> None:
        named = self._explicit(ndim)
        rest = ndim - len(named)
        catches = any(isinstance(term, tuple) and term[0] is None for term in self.terms)
        if len(set(named)) != len(named) or any(not 0 <= i < ndim for i in named) or (rest < 1 if catches else rest):
            raise MetadataValidationError(f"{shown(self.template)} does not fit {ndim} axes")

    def encode(self, coords: tuple[int, ...]) -> str:
        self.check_ndim(len(coords))
        named = set(self._explicit(len(coords)))
        parts = []
        for term in self.terms:
            if isinstance(term, str):
                parts.append(term)
                continue
            index, width = term
            if index is None:
                rest = [str(c).zfill(width) for i, c in enumerate(coords) if i not in named]
                parts.append((self.joiner or "").join(rest))
            else:
                parts.append(str(coords[index]).zfill(width))
        return "".join(parts)

    def to_dict(self) -> dict[str, Any]:
        separator = {} if self.joiner is None else {"separator": self.joiner}
        return {"name": "template", "configuration": {self.key: self.template, **separator}}


def _terms(template: str) -> tuple[str | tuple[int | None, int], ...]:
    found: list[str | tuple[int | None, int]] = []
    end = 0
    for match in _TERM.finditer(template):
        found.append(template[end : match.start()])
        end = match.end()
        text = match[0]
        if text in ("{{", "}}"):
            found.append(text[0])
        elif match[1] is None:
            raise MetadataValidationError(f"{shown(template)}: malformed at {match.start()}")
        else:
            width = int(match[2] or 0)
            if width > _MOST_WIDTH:
                raise MetadataValidationError(f"{shown(template)}: width {width} is above {_MOST_WIDTH}")
            found.append((None if match[1] == "*" else int(match[1]), width))
    found.append(template[end:])
    return tuple(term for term in found if term)


def _check_parts(key: str) -> None:
    """Refuse keys that could lead out of the array, or meet its metadata."""
    for part in key.split("/"):
        if part in ("", ".", "..") or part == "zarr.json" or "\\" in part or "\0" in part:
            raise MetadataValidationError(f"impossible part {shown(part)} in keys like {shown(key)}")


def _exactly(configuration: dict[str, Any], *keys: str) -> None:
    for key in configuration:
        if key not in keys:
            raise MetadataValidationError(f"unknown member {key!r}")


def _text(configuration: dict[str, Any], key: str) -> str:
    value = configuration.get(key)
    if type(value) is not str:
        raise MetadataValidationError(f"{key} must be a string, not {shown(value)}")
    return value


def suffix_keys(configuration: dict[str, Any]) -> SuffixKeys:
    """From ``{"suffix", "base_encoding"}``; drafts and zarrs spell the latter "base-encoding" too."""
    _exactly(configuration, "suffix", "base_encoding", "base-encoding")
    bases = [configuration[key] for key in ("base_encoding", "base-encoding") if key in configuration]
    if len(bases) != 1:
        raise MetadataValidationError("needs one base_encoding")
    base = key_encoding(bases[0], "base_encoding")
    return SuffixKeys("suffix", base, _text(configuration, "suffix"))


def default_suffix_keys(configuration: dict[str, Any]) -> SuffixKeys:
    """From ``{"suffix", "separator"}``, the latter "/" when left out."""
    _exactly(configuration, "suffix", "separator")
    base = {"name": "default", "configuration": {"separator": configuration.get("separator", "/")}}
    return SuffixKeys("zarrs.default_suffix", key_encoding(base, "separator"), _text(configuration, "suffix"))


def fanout_keys(configuration: dict[str, Any]) -> FanoutKeys:
    """From ``{"max_children"}``, 1001 when left out."""
    _exactly(configuration, "max_children")
    return FanoutKeys(configuration.get("max_children", 1001))


def template_keys(configuration: dict[str, Any]) -> TemplateKeys:
    """From ``{"format", "separator"}``; see `TemplateKeys` for the first name."""
    key = "template" if "template" in configuration else "format"
    _exactly(configuration, key, "separator")
    separator = _text(configuration, "separator") if "separator" in configuration else None
    return TemplateKeys(_text(configuration, key), separator, key)

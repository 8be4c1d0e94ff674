"""What a check found."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["damaged", "unreadable", "io", "outside", "orphan", "stray", "metadata"]

KINDS: dict[str, str] = {
    "damaged": "stored bytes that no writer wrote: torn, flipped, of another size, a failed checksum",
    "unreadable": "a variant of a format, or a codec, that zarrc does not know here",
    "io": "the store could not give the bytes, or something else lies in their place",
    "outside": "a chunk that lies outside the array's shape",
    "orphan": "a temporary file that its writer did not come back for",
    "stray": "a name that is neither metadata nor a chunk",
    "metadata": "a metadata document that breaks its specification, or cannot be read",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    path : str
        Path of the array or group in the store, "" for the root.
    key : str
        Name relative to ``path``: of a chunk, a file or a document.
    reason : str
        For people.
    codec : str
        Name of the codec that noticed, or "".
    inner : bool
        It is about one inner chunk of the shard ``key``; ``reason`` says which.
    age : float or None
        Seconds since the file was last written, where that matters and is known.
    """

    kind: Kind
    path: str
    key: str
    reason: str
    codec: str = ""
    inner: bool = False
    age: float | None = None

    def __str__(self) -> str:
        where = "/".join(part for part in (self.path, self.key) if part) or "/"
        codec = f"codec {self.codec!r}: " if self.codec else ""
        return f"{self.kind}: {where}: {codec}{self.reason}"


@dataclass(slots=True)
class Report:
    """What `zarrc.verify` gives.

    Attributes
    ----------
    store : str
        What was checked.
    findings : list of Finding
    arrays, groups : int
        Nodes whose metadata could be read.
    stored_chunks, chunks : int
        Chunk objects (shards) that were read, and chunks in them (inner chunks of shards) that decoded.
    stored_bytes, decoded_bytes : int
        Bytes of the chunk objects, and bytes they decoded to.
    seconds : float
        Time that it took.
    """

    store: str
    findings: list[Finding] = field(default_factory=list)
    arrays: int = 0
    groups: int = 0
    stored_chunks: int = 0
    chunks: int = 0
    stored_bytes: int = 0
    decoded_bytes: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Nothing was found."""
        return not self.findings

    def counts(self) -> dict[str, int]:
        """Number of findings of each kind that occurs."""
        kinds = [finding.kind for finding in self.findings]
        return {kind: kinds.count(kind) for kind in KINDS if kind in kinds}  # type: ignore[arg-type]

    def to_dict(self) -> dict[str, Any]:
        """As JSON data."""
        return {"ok": self.ok, "counts": self.counts(), **asdict(self)}

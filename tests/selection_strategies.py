"""Random keys of every kind of indexing, with what numpy gives for them, and random layouts of chunks and shards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from array_strategies import keys
from hypothesis import strategies as st

KINDS = ["basic", "orthogonal", "coordinate", "mask", "block", "getitem", "oindex", "vindex", "blocks"]
BYTES = {"name": "bytes", "configuration": {"endian": "little"}}


def named(name: str, **configuration: Any) -> dict[str, Any]:
    return {"name": name, "configuration": configuration}


# keys ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Pick:
    """A key of some kind, and the items it means: a numpy key for `model`, applied with an outer product or not."""

    kind: str
    key: Any
    outer: tuple[np.ndarray, ...] | None
    points: Any
    shape: tuple[int, ...]

    def of(self, model: np.ndarray) -> Any:
        if self.outer is not None:
            return np.asarray(model[np.ix_(*self.outer)], model.dtype).reshape(self.shape)
        return np.asarray(model[self.points], model.dtype)

    def assign(self, model: np.ndarray, value: Any) -> None:
        if not np.shape(value):
            value = np.asarray(value, model.dtype)[()]  # numpy would store a 0-d array of objects as an object
        if not model.shape:
            model.fill(np.broadcast_to(value, ())[()])
        elif self.outer is not None:
            full = tuple(len(axis) for axis in self.outer)
            model[np.ix_(*self.outer)] = np.broadcast_to(value, self.shape).reshape(full)
        else:
            model[self.points] = value


def index_lists(n: int, repeats: bool = True, most: int = 6) -> Any:
    return st.lists(st.integers(-n, n - 1), max_size=most, unique_by=None if repeats else (lambda i: i % n))


@st.composite
def _axis(draw: Any, n: int, repeats: bool, kinds: str = "islm") -> tuple[Any, np.ndarray, bool]:
    """An item of an orthogonal key, the indices it means, whether the axis stays."""
    kind = draw(st.sampled_from([k for k in kinds if n or k in "sm"]))
    every = np.arange(n)
    if kind == "i":
        index = draw(st.integers(-n, n - 1))
        return index, every[[index]], False
    if kind == "s":
        edge = st.none() | st.integers(-n - 2, n + 2)
        item = slice(draw(edge), draw(edge), draw(st.none() | st.integers(1, n + 2)))
        return item, every[item], True
    if kind == "m":
        mask = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)), bool)
        return mask, every[mask], True
    listed = draw(index_lists(n, repeats))
    item = np.array(listed, np.intp) if draw(st.booleans()) else listed
    return item, every[np.array(listed, np.intp)], True


def _outer(kind: str, key: Any, axes: list[tuple[Any, np.ndarray, bool]]) -> Pick:
    return Pick(kind, key, tuple(a[1] for a in axes), None, tuple(len(a[1]) for a in axes if a[2]))


@st.composite
def picks(draw: Any, kind: str, shape: tuple[int, ...], edges: Any, repeats: bool = True) -> Pick:
    """A key of this kind for an array of this shape whose (outer) chunks have these edges.

    Without ``repeats`` no item is meant twice, so that a write has one meaning.
    """
    if kind == "basic":
        key = draw(keys(shape))
        return Pick(kind, key, None, key, np.empty(shape, "i1")[key].shape)
    if kind in ("orthogonal", "oindex"):
        axes = [draw(_axis(n, repeats)) for n in shape]
        whole = tuple(a[0] for a in axes)
        return _outer(kind, whole[0] if len(whole) == 1 and draw(st.booleans()) else whole, axes)
    if kind in ("block", "blocks"):
        axes = []
        for n, bounds in zip(shape, edges, strict=True):
            count = len(bounds) - 1
            item, blocks, _ = draw(_axis(count, False, "is"))
            if isinstance(item, slice):
                start = item.start if item.indices(count)[0] < count else None  # a slice must begin inside
                item = slice(start, item.stop, draw(st.sampled_from([None, 1])))
                blocks = np.arange(count)[item]
            parts = [np.arange(bounds[b], min(bounds[b + 1], n)) for b in blocks]
            axes.append((item, np.concatenate(parts) if parts else np.arange(0), True))
        return _outer(kind, tuple(a[0] for a in axes), axes)
    if kind == "getitem":
        return draw(_getitem(shape, repeats))
    if shape and (kind == "mask" or (kind == "vindex" and draw(st.booleans()))):
        mask = np.array(draw(st.lists(st.booleans(), min_size=int(np.prod(shape)), max_size=int(np.prod(shape)))), bool)
        mask = mask.reshape(shape)
        return Pick(kind, mask, None, mask, (int(mask.sum()),))
    key = draw(_coordinates(shape, repeats))
    kind = "coordinate" if kind == "mask" else kind  # a 0-d array takes no mask
    picked = tuple(np.asarray(c, np.intp) for c in key)
    return Pick(kind, key, None, picked, np.broadcast_shapes(*(c.shape for c in picked)))


@st.composite
def _coordinates(draw: Any, shape: tuple[int, ...], repeats: bool) -> tuple[Any, ...]:
    """Integer arrays (or lists), one per axis, broadcast against each other."""
    if not all(shape) or not shape:
        return tuple(np.zeros(0, np.intp) for _ in shape)
    count = int(np.prod(shape))
    flat = np.array(draw(st.lists(st.integers(0, count - 1), max_size=8, unique=not repeats)), np.intp)
    coords = [np.asarray(c) for c in np.unravel_index(flat, shape)]
    form = draw(st.sampled_from(["lists", "arrays", "two axes", "negative"]))
    if form == "lists":
        return tuple(c.tolist() for c in coords)
    if form == "two axes":
        return tuple(c.reshape(1, -1) for c in coords)
    if form == "negative":
        return tuple(c - n for c, n in zip(coords, shape, strict=True))
    return tuple(coords)


@st.composite
def _getitem(draw: Any, shape: tuple[int, ...], repeats: bool) -> Pick:
    """What ``z[key]`` makes of a key: the forms that both numpy and zarr-python take, with one meaning."""
    form = draw(st.sampled_from(["basic", "mask", "points", "one list", "axis mask"]))
    if form == "mask" and shape:
        return draw(picks("mask", shape, None, repeats))
    if form == "points" and shape:
        key = draw(_coordinates(shape, repeats))
        if len(shape) == 1:
            key = key[0]
        picked = key if isinstance(key, tuple) else (key,)
        arrays = tuple(np.asarray(c, np.intp) for c in picked)
        return Pick("getitem", key, None, arrays, np.broadcast_shapes(*(c.shape for c in arrays)))
    if form in ("one list", "axis mask") and shape:
        at = draw(st.integers(0, len(shape) - 1))
        kinds = ["s"] * len(shape)
        kinds[at] = "l" if form == "one list" and shape[at] else "m"
        axes = [draw(_axis(n, repeats, kind)) for n, kind in zip(shape, kinds, strict=True)]
        return _outer("getitem", tuple(a[0] for a in axes), axes)
    key = draw(keys(shape))
    return Pick("getitem", key, None, key, np.empty(shape, "i1")[key].shape)


def read(array: Any, pick: Pick, out: np.ndarray | None = None) -> Any:
    if pick.kind in ("basic", "orthogonal", "coordinate", "mask", "block"):
        more = {} if out is None else {"out": out}
        return getattr(array, f"get_{pick.kind}_selection")(pick.key, **more)
    return (array if pick.kind == "getitem" else getattr(array, pick.kind))[pick.key]


def write(array: Any, pick: Pick, value: Any) -> None:
    if pick.kind in ("basic", "orthogonal", "coordinate", "mask", "block"):
        getattr(array, f"set_{pick.kind}_selection")(pick.key, value)
    else:
        (array if pick.kind == "getitem" else getattr(array, pick.kind))[pick.key] = value


# layouts ---------------------------------------------------------------------------------------------------------
GRIDS = ["v2", "plain", "sharded", "zstd shards", "nested shards", "transposed shards", "rectilinear", "ragged shards"]


@st.composite
def grids(draw: Any, name: str, shape: tuple[int, ...], serializer: Any = BYTES) -> dict[str, Any]:
    """Settings of `zarrc.create_array` for an array cut this way; ``serializer`` is that of the elements."""
    inner = tuple(draw(st.integers(1, 3)) for _ in shape)
    compressors = [named("zstd", level=1, checksum=False)] if draw(st.booleans()) else None
    if name == "v2":
        v2 = {"id": "zlib", "level": 1} if compressors else None
        order = draw(st.sampled_from("CF"))
        return {"zarr_format": 2, "chunks": inner, "compressors": v2, "order": order}
    settings: dict[str, Any] = {"chunks": inner, "compressors": compressors}
    if name == "plain":
        return settings
    if name in ("rectilinear", "ragged shards"):
        unit = inner if name == "ragged shards" else (1,) * len(shape)
        axes = []
        for n, step in zip(shape, unit, strict=True):
            if draw(st.integers(0, 3)) == 0:
                axes.append(step * draw(st.integers(1, 3)))
                continue
            sizes = [step * draw(st.integers(1, 3))]
            while sum(sizes) < n:
                sizes.append(step * draw(st.integers(1, 3)))
            axes.append(sizes)
        return {**settings, ("shards" if name == "ragged shards" else "chunks"): axes}
    shards = tuple(n * draw(st.integers(1, 3)) for n in inner)
    place = draw(st.sampled_from(["start", "end"]))
    settings["shards"] = {"shape": shards, "index_location": place}
    if name == "zstd shards":
        settings["compressors"] = [named("zstd", level=1, checksum=True), named("crc32c")]
    elif name == "nested shards":
        whole = tuple(n * draw(st.integers(1, 2)) for n in shards)
        codecs = [serializer, *(compressors or [])]
        leaf = named("sharding_indexed", chunk_shape=list(inner), codecs=codecs, index_location=place)
        return {
            "chunks": whole,
            "serializer": named("sharding_indexed", chunk_shape=list(shards), codecs=[leaf]),
            "compressors": None,
        }
    elif name == "transposed shards":
        axes = draw(st.permutations(range(len(shape))))
        transpose = [named("transpose", order=list(axes))]
        if draw(st.booleans()):
            return {**settings, "filters": transpose}  # inside
        turned = [inner[axis] for axis in axes]
        shard = named("sharding_indexed", chunk_shape=turned, codecs=[serializer], index_location=place)
        return {"chunks": shards, "filters": transpose, "serializer": shard, "compressors": None}
    return settings

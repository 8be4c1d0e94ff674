"""The C kernels one by one, on any buffers: for tests, benchmarks and own codecs.

Buffers are contiguous; anything with the buffer protocol and any contiguous `numpy.ndarray` (also of a dtype that
has no buffer format, such as ``datetime64``) will do. Sizes are in bytes. The work is done without the GIL.

Every function but `box_copy` takes ``tier``: the name of a tier of `tiers` to run on instead of the one in use, with
`zarrc.errors.KernelTierError` when it is unknown, of another architecture, or beyond this CPU. The environment
variable ``ZARRC_KERNELS`` chooses the tier of the whole process at import.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zarrc import _core

__all__ = [
    "all_equal",
    "bitshuffle",
    "bitunshuffle",
    "box_copy",
    "byteswap",
    "crc32c",
    "delta_decode",
    "delta_encode",
    "fill",
    "shuffle",
    "tier",
    "tiers",
    "unshuffle",
]

Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]


def tier() -> str:
    """Name of the tier in use: ``"scalar"``, ``"avx2"`` or ``"neon"``."""
    return _core.kernel_tier()


def tiers() -> dict[str, str]:
    """Status of every tier: ``"ok"``, ``"not built"`` (another architecture) or ``"no cpu"`` (this CPU lacks it)."""
    return _core.kernel_tiers()


def _flat(buf: Any, what: str) -> Bytes:
    """The memory of a contiguous buffer as uint8, without a copy."""
    if not isinstance(buf, np.ndarray):
        try:
            return np.frombuffer(buf, np.uint8)
        except BufferError as error:
            raise ValueError(f"{what} must be contiguous: {error}") from None
    if buf.dtype.hasobject:
        raise TypeError(f"{what} holds Python objects ({buf.dtype})")
    if not (buf.flags.c_contiguous or buf.flags.f_contiguous):
        raise ValueError(f"{what} must be contiguous")
    if buf.dtype.itemsize == 0:
        return np.empty(0, np.uint8)
    return buf.reshape(-1, order="A").view(np.uint8)


def _flat_writable(buf: Any, what: str) -> Bytes:
    flat = _flat(buf, what)
    if not flat.flags.writeable:
        raise ValueError(f"{what} is read-only")
    return flat


def _filter(name: str, buf: Any, itemsize: int, out: Any, tier: str | None) -> Any:
    source = _flat(buf, "buf")
    target = np.empty(source.nbytes, np.uint8) if out is None else _flat_writable(out, "out")
    _core.kernel_filter(name, source, target, _positive(itemsize), tier)
    return target if out is None else out


def _positive(itemsize: int) -> int:
    if isinstance(itemsize, bool) or not isinstance(itemsize, (int, np.integer)):
        raise TypeError(f"itemsize must be an int, not {type(itemsize).__name__}")
    if not 1 <= itemsize < 2**31:
        raise ValueError(f"itemsize must be from 1 to 2**31 - 1, not {itemsize}")
    return int(itemsize)


def shuffle(buf: Any, itemsize: int, out: Any = None, *, tier: str | None = None) -> Any:
    """Byte shuffle: byte 0 of all items, then byte 1 of all items, and so on.

    Parameters
    ----------
    buf
        n bytes; what is left of them after the last whole item is copied unchanged (as in Blosc).
    itemsize
        Bytes of an item, at least 1.
    out
        Writable buffer of n bytes that does not overlap ``buf``; None: a new one.

    Returns
    -------
    ``out``, or a new uint8 array of shape (n,).

    Raises
    ------
    ValueError
        A buffer is not contiguous, of the wrong size, read-only or overlaps, or ``itemsize`` is out of range.
    TypeError
        ``buf`` has no bytes, or ``itemsize`` is no int.
    """
    return _filter("shuffle", buf, itemsize, out, tier)


def unshuffle(buf: Any, itemsize: int, out: Any = None, *, tier: str | None = None) -> Any:
    """The inverse of `shuffle`; parameters, result and errors are the same."""
    return _filter("unshuffle", buf, itemsize, out, tier)


def bitshuffle(buf: Any, itemsize: int, out: Any = None, *, tier: str | None = None) -> Any:
    """Bit shuffle in Blosc's layout: the lowest bit of byte 0 of all items, then its next bit, and so on.

    As `shuffle`, but the number of items must be whole and a multiple of 8 (`ValueError`).
    """
    return _filter("bitshuffle", buf, itemsize, out, tier)


def bitunshuffle(buf: Any, itemsize: int, out: Any = None, *, tier: str | None = None) -> Any:
    """The inverse of `bitshuffle`; parameters, result and errors are the same."""
    return _filter("bitunshuffle", buf, itemsize, out, tier)


def byteswap(buf: Any, width: int, out: Any = None, *, tier: str | None = None) -> Any:
    """Reverses the bytes of each component of ``width`` (2, 4, 8 or 16) bytes.

    As `shuffle`, but the number of components must be whole (`ValueError`), and ``out`` may be ``buf`` itself.
    """
    if _positive(width) not in (2, 4, 8, 16):
        raise ValueError(f"width must be 2, 4, 8 or 16, not {width}")
    return _filter("byteswap", buf, width, out, tier)


def crc32c(buf: Any, value: int = 0, *, tier: str | None = None) -> int:
    """CRC-32C (Castagnoli; RFC 3720, appendix B.4) of a buffer, continued from ``value``.

    ``crc32c(a + b) == crc32c(b, crc32c(a))``. ``value`` outside 0 ... 2**32 - 1: `ValueError`.
    """
    if not 0 <= value < 2**32:
        raise ValueError(f"value must be from 0 to 2**32 - 1, not {value}")
    return _core.kernel_crc32c(_flat(buf, "buf"), value, tier)


def _delta_type(dtype: Any, what: str) -> str:
    d = np.dtype(dtype)
    if d.kind not in "iuf" or d.itemsize not in ((4, 8) if d.kind == "f" else (1, 2, 4, 8)):
        raise TypeError(f"{what} must be an integer type or a float of 4 or 8 bytes, not {d}")
    if not d.isnative:
        raise TypeError(f"{what} must be in native byte order, not {d}")
    return f"{d.kind}{d.itemsize}"


def delta_encode(arr: np.ndarray[Any, Any], astype: Any = None, *, tier: str | None = None) -> Bytes:
    """Differences of neighbours, as `numcodecs.Delta` makes them.

    Parameters
    ----------
    arr
        Contiguous array of n items of integers, float32 or float64 in native byte order, taken in the order of
        memory. Integers wrap.
    astype
        dtype that the differences, made in ``arr.dtype``, are cast to; None: ``arr.dtype``.

    Returns
    -------
    uint8 array of n items of ``astype``: the first item, then the differences.

    Raises
    ------
    TypeError
        ``arr`` is no array, or a dtype is none of those above.
    ValueError
        ``arr`` is not contiguous.
    """
    if not isinstance(arr, np.ndarray):
        raise TypeError(f"arr must be a numpy.ndarray, not {type(arr).__name__}")
    stored = np.dtype(arr.dtype if astype is None else astype)
    names = _delta_type(arr.dtype, "arr.dtype"), _delta_type(stored, "astype")
    source = _flat(arr, "arr")
    out = np.empty(arr.size * stored.itemsize, np.uint8)
    _core.kernel_delta(False, source, out, *names, tier)
    return out


def delta_decode(buf: Any, dtype: Any, astype: Any = None, *, tier: str | None = None) -> Bytes:
    """The inverse of `delta_encode`: the running sum in ``dtype`` of items stored as ``astype`` (None: ``dtype``).

    The sum is made from the first item to the last, so floats have the bits of `numpy.cumsum`.

    Returns
    -------
    uint8 array of as many items of ``dtype`` as ``buf`` has of ``astype``.

    Raises
    ------
    TypeError
        A dtype is not native, or none of integers, float32 and float64.
    ValueError
        ``buf`` is not contiguous or no whole number of items.
    """
    value, stored = np.dtype(dtype), np.dtype(dtype if astype is None else astype)
    names = _delta_type(value, "dtype"), _delta_type(stored, "astype")
    source = _flat(buf, "buf")
    if source.nbytes % stored.itemsize:
        raise ValueError(f"{source.nbytes} bytes are no whole number of items of {stored}")
    out = np.empty(source.nbytes // stored.itemsize * value.itemsize, np.uint8)
    _core.kernel_delta(True, source, out, *names, tier)
    return out


def _component(dtype: np.dtype[Any]) -> int:
    """Bytes of the numbers that a change of byte order reverses, 0 when there are none."""
    if dtype.kind in "SV" or dtype.hasobject:
        if dtype.names is not None or dtype.subdtype is not None:
            raise TypeError(f"byteswap: {dtype} has components of different sizes")
        return 0
    width = 4 if dtype.kind == "U" else dtype.itemsize // 2 if dtype.kind == "c" else dtype.itemsize
    return width if width > 1 else 0


def box_copy(src: np.ndarray[Any, Any], dst: np.ndarray[Any, Any], byteswap: bool = False) -> None:
    """``dst[...] = src`` byte for byte, for any strides: as the native engine places chunks in arrays.

    Parameters
    ----------
    src
        Array that broadcasts to ``dst.shape``, of the same itemsize; its dtype does not matter otherwise.
    dst
        Writable array that shares no memory with ``src``.
    byteswap
        Reverse the bytes of each number (of each half of a complex one, of each character of a string).

    Raises
    ------
    ValueError
        Shapes or itemsizes do not fit, ``dst`` is read-only or repeats items, or the arrays overlap.
    TypeError
        An argument is no array, holds Python objects, or is structured and to be byte-swapped.
    """
    for what, a in (("src", src), ("dst", dst)):
        if not isinstance(a, np.ndarray):
            raise TypeError(f"{what} must be a numpy.ndarray, not {type(a).__name__}")
        if a.dtype.hasobject:
            raise TypeError(f"{what} holds Python objects ({a.dtype})")
    if src.dtype.itemsize != dst.dtype.itemsize:
        raise ValueError(f"items of {src.dtype.itemsize} and {dst.dtype.itemsize} bytes")
    swap = _component(dst.dtype) if byteswap else 0
    source = np.broadcast_to(src, dst.shape)
    if dst.size == 0 or dst.dtype.itemsize == 0:
        return
    if any(s == 0 and n > 1 for s, n in zip(dst.strides, dst.shape, strict=True)):
        raise ValueError("dst repeats items")
    if np.may_share_memory(source, dst):
        raise ValueError("src and dst overlap")
    _core.kernel_box_copy(source, dst, swap)


def _pattern(arr: np.ndarray[Any, Any], value: Any) -> bytes:
    if not isinstance(arr, np.ndarray):
        raise TypeError(f"arr must be a numpy.ndarray, not {type(arr).__name__}")
    if arr.dtype.itemsize == 0:
        raise ValueError(f"{arr.dtype} has no bytes")
    item = np.zeros((), arr.dtype)
    item[()] = value
    return item.tobytes()


def fill(arr: np.ndarray[Any, Any], value: Any, *, tier: str | None = None) -> None:
    """``arr[...] = value`` for a contiguous writable array and one item that its dtype can hold.

    Raises `ValueError` when ``arr`` is not contiguous or read-only, `TypeError` when it holds Python objects, and
    what numpy raises when ``value`` does not fit.
    """
    target = _flat_writable(arr, "arr")
    _core.kernel_fill(target, _pattern(arr, value), tier)


def all_equal(arr: np.ndarray[Any, Any], value: Any, *, tier: str | None = None) -> bool:
    """Whether every item of a contiguous array has exactly the bits of ``value`` (True for an empty array).

    So -0.0 is not 0.0, and a NaN equals a NaN of the same bits. Errors as `fill`.
    """
    source = _flat(arr, "arr")
    return _core.kernel_all_equal(source, _pattern(arr, value), tier)

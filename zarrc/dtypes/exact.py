"""Decimal text to binary floating point, rounded once.

A decimal that goes to float64 first and to float32 or float16 afterwards is rounded twice. That differs from one
rounding only when the float64 lies exactly half-way between two neighbours of the narrow type, so only then the
text is looked at again (Zarr v3 core, "fill_value": round half to even).

One kind of text is left as the float64 it gives: the shortest one that names this float64. Writers print float64
values in that form, so there it stands for the float64 itself, although as a decimal it is a little off.
"""

from __future__ import annotations

import math
import struct

# width in bytes: struct code, significand bits, exponent of the smallest subnormal, bits of the NaN named "NaN"
_PACK = {2: struct.Struct("<e"), 4: struct.Struct("<f"), 8: struct.Struct("<d")}
_PRECISION = {2: (11, -24), 4: (24, -149)}
CANONICAL_NAN = {
    2: 0x7E00.to_bytes(2, "little"),
    4: 0x7FC00000.to_bytes(4, "little"),
    8: 0x7FF8000000000000.to_bytes(8, "little"),
}


class ExactFloat(float):
    """A JSON number with fraction or exponent that remembers its text."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> ExactFloat:
        self = super().__new__(cls, text)
        self.text = text
        return self


def is_half_way(number: float, width: int) -> bool:
    """Whether a float64 lies exactly between two neighbouring floats of ``width`` bytes (2, 4 or 8)."""
    if width == 8 or not math.isfinite(number):
        return False
    bits, smallest = _PRECISION[width]
    exponent = max(math.frexp(number)[1] - bits, smallest)
    halves = math.ldexp(number, 1 - exponent)  # exact: a power of two, and the result is below 2**54
    return halves.is_integer() and int(halves) & 1 == 1


def float_bytes(value: float | int, width: int) -> bytes:
    """Little-endian IEEE 754 bytes of a number, rounded half to even, once. Overflow gives an infinity.

    Parameters
    ----------
    value
        int (of any size), float or `ExactFloat`. NaN gives the canonical NaN.
    width
        2, 4 or 8 bytes.
    """
    try:
        number = float(value)
    except OverflowError:
        number = math.inf if value > 0 else -math.inf
    if number != number:
        return CANONICAL_NAN[width]
    if width != 8 and is_half_way(number, width):
        side = side_of(value, number)
        if side:
            number = math.nextafter(number, math.copysign(math.inf, side))
    try:
        return _PACK[width].pack(number)
    except OverflowError:
        return _PACK[width].pack(math.copysign(math.inf, number))


def side_of(value: float | int, number: float) -> int:
    """Sign of what a JSON number says (`ExactFloat`: its text; int: all its digits) minus the float64 it gives."""
    if isinstance(value, ExactFloat):
        return 0 if repr(number) == value.text else _compare_text(value.text, number)
    return (value > number) - (value < number)


def _compare_text(text: str, number: float) -> int:
    """Sign of (decimal text - number), in integers. The text is near the number, so the exponent is bounded."""
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    power = (int(exponent) if exponent else 0) - len(fraction)
    top, bottom = number.as_integer_ratio()
    left, right = int(whole + fraction) * bottom, top
    if power < 0:
        right *= 10**-power
    else:
        left *= 10**power
    return (left > right) - (left < right)

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from zarrc.codecs import CastValueCodec, Chain, ChunkSpec, ScaleOffsetCodec
from zarrc.codecs.cast_numbers import ROUNDINGS
from zarrc.codecs.cast_value import parse_scalar_map
from zarrc.errors import CodecError, CodecValidationError

INTS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
FLOATS = ["float16", "float32", "float64"]


def spec(dtype, shape=(6,), fill=None) -> ChunkSpec:
    return ChunkSpec(shape, np.dtype(dtype), fill)


class TestScaleOffset:
    @pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i4", ">i2", "|u1"])
    def test_arithmetic_of_the_type(self, dtype):
        values = np.array([5, 6, 7, 9, 100, 5], dtype)
        codec = ScaleOffsetCodec(5, 2).resolve(spec(dtype))
        encoded = codec.encode(values)
        assert encoded.dtype == codec.decode(encoded).dtype == dtype
        assert encoded.tolist() == [0, 2, 4, 8, 190, 0]
        assert codec.decode(encoded).tolist() == values.tolist()

    def test_fill_value_and_json_forms(self):
        codec = ScaleOffsetCodec("0x3f800000", 0.5).resolve(spec("<f4"))
        assert codec.encode(np.float32([3.0])).tolist() == [1.0]
        assert codec.output_spec(spec("<f4", fill=np.float32(5))).fill_value == 2

    def test_configuration(self, battery):
        for codec in (ScaleOffsetCodec(), ScaleOffsetCodec(5, 2), ScaleOffsetCodec(offset="NaN")):
            battery.configs(codec)
        assert ScaleOffsetCodec().to_dict() == {"name": "scale_offset"}
        for bad in ({"offset": [1]}, {"scale": True}, {"astype": "u1"}):
            with pytest.raises(CodecValidationError, match="scale_offset"):
                ScaleOffsetCodec.from_dict({"name": "scale_offset", "configuration": bad})
        for codec, dtype in (
            (ScaleOffsetCodec(0.5), "<i4"),
            (ScaleOffsetCodec(300), "|u1"),
            (ScaleOffsetCodec(0, 0), "<f4"),
            (ScaleOffsetCodec(), "<c8"),
        ):
            with pytest.raises(CodecValidationError, match="scale_offset"):
                codec.resolve(spec(dtype))
        with pytest.raises(CodecValidationError, match="resolve"):
            ScaleOffsetCodec().encode(np.zeros(2))

    def test_with_a_cast_it_is_lossy_packing(self):
        chain = Chain.from_v3(
            [
                {"name": "scale_offset", "configuration": {"offset": 200, "scale": 100}},
                {"name": "cast_value", "configuration": {"data_type": "int16"}},
                {"name": "bytes", "configuration": {"endian": "little"}},
            ],
            spec("<f8"),
        )
        values = np.array([200.0, 201.234, 199.99, 250, 300, 150])
        assert len(chain.encode_chunk(values)) == 12
        assert np.abs(chain.decode_chunk(chain.encode_chunk(values)) - values).max() <= 0.005 + 1e-9


def exact_round(value: Fraction, rounding: str) -> int:
    floor = value.numerator // value.denominator
    rest = value - floor
    if rounding == "towards-negative" or rest == 0:
        return floor
    if rounding == "towards-positive":
        return floor + 1
    if rounding == "towards-zero":
        return floor if value > 0 else floor + 1
    if rest != Fraction(1, 2):
        return floor + (rest > Fraction(1, 2))
    return floor + floor % 2 if rounding == "nearest-even" else floor + (value > 0)


class TestCastValue:
    @pytest.mark.parametrize("rounding", ROUNDINGS)
    @pytest.mark.parametrize("out_of_range", [None, "clamp", "wrap"])
    @pytest.mark.parametrize("target", INTS)
    def test_to_integers(self, rounding, out_of_range, target):
        limits = np.iinfo(target)

        @given(
            st.one_of(
                *(hnp.arrays(np.dtype(t), 3) for t in ("int8", "uint64", "int64", "uint16")),
                hnp.arrays(np.dtype("float64"), 3, elements=st.floats(-300, 300) | st.floats()),
                hnp.arrays(
                    np.dtype("float64"), 3, elements=st.sampled_from([0.5, -0.5, 1.5, 2.5, 0.49999999999999994])
                ),
                hnp.arrays(np.dtype("float16"), 3),
            )
        )
        @settings(max_examples=30, deadline=None)
        def check(values):
            codec = CastValueCodec(target, rounding, out_of_range).resolve(spec(values.dtype))
            expected: list[int] | None = []
            for value in values.tolist():
                if isinstance(value, float) and not np.isfinite(value):
                    if value != value or out_of_range != "clamp":
                        expected = None
                        break
                    expected.append(limits.max if value > 0 else limits.min)
                    continue
                whole = exact_round(Fraction(value), rounding)
                if not limits.min <= whole <= limits.max:
                    if out_of_range is None:
                        expected = None
                        break
                    if out_of_range == "clamp":
                        whole = min(max(whole, limits.min), limits.max)
                    else:
                        whole = (whole - limits.min) % (limits.max - limits.min + 1) + limits.min
                expected.append(whole)
            if expected is None:
                with pytest.raises(CodecError, match="does not fit"):
                    codec.encode(values)
            else:
                found = codec.encode(values)
                assert found.dtype == target
                assert found.tolist() == expected

        check()

    @pytest.mark.parametrize("rounding", ROUNDINGS)
    @pytest.mark.parametrize("target", FLOATS)
    @pytest.mark.parametrize("source", ["int64", "uint64", "float64", "float32", "int16"])
    def test_to_floats(self, rounding, target, source):
        elements = (
            {} if source[0] != "f" else {"elements": st.floats(-60000, 60000, width=32) | st.floats(-1, 1, width=16)}
        )

        @given(hnp.arrays(np.dtype(source), 3, **elements))
        @settings(max_examples=25, deadline=None)
        def check(values):
            codec = CastValueCodec(target, rounding, "clamp").resolve(spec(source))
            found = codec.encode(values)
            assert found.dtype == target
            for value, got in zip(values.tolist(), found, strict=True):
                exact, near = Fraction(value), Fraction(got.item())
                top = Fraction(np.finfo(target).max.item())
                if abs(exact) >= top:
                    assert abs(near) == top
                    continue
                up = Fraction(np.nextafter(got, got.dtype.type(np.inf)).item()) if near < top else None
                down = Fraction(np.nextafter(got, got.dtype.type(-np.inf)).item()) if near > -top else None
                if near == exact:
                    continue
                if rounding == "towards-positive" or (rounding == "towards-zero" and exact < 0):
                    assert near > exact and (down is None or down < exact)
                elif rounding in ("towards-negative", "towards-zero"):
                    assert near < exact and (up is None or up > exact)
                else:
                    for other in (up, down):
                        if other is None:
                            continue
                        assert abs(near - exact) <= abs(other - exact)
                        if rounding == "nearest-away" and abs(near - exact) == abs(other - exact):
                            assert abs(near) > abs(other)

        check()

    def test_floats_out_of_range(self):
        values = np.array([1e6, -1e6, np.inf, -np.inf, np.nan, 1])
        clamped = CastValueCodec("float16", out_of_range="clamp").resolve(spec("<f8")).encode(values)
        assert clamped[:4].tolist() == [65504, -65504, np.inf, -np.inf]
        assert np.isnan(clamped[4])
        with pytest.raises(CodecError, match="does not fit"):
            CastValueCodec("float16").resolve(spec("<f8")).encode(values)

    def test_forms_of_a_scalar_map(self):
        as_mappings = {"encode": {"NaN": 0}, "decode": {0: "NaN"}}
        assert parse_scalar_map({"encode": [("NaN", 0)], "decode": [[0, "NaN"]]}) == as_mappings
        assert parse_scalar_map(as_mappings) == as_mappings
        assert parse_scalar_map({"encode": [("NaN", 0)], "decode": None}) == {"encode": {"NaN": 0}}
        assert CastValueCodec("uint8", scalar_map=parse_scalar_map({"encode": [["NaN", 0]]})) == CastValueCodec(
            "uint8", scalar_map={"encode": [["NaN", 0]]}
        )

    def test_scalar_map(self):
        scalar_map = {"encode": [["NaN", 0], ["Infinity", 255]], "decode": [[0, "NaN"], [255, "Infinity"]]}
        codec = CastValueCodec("uint8", scalar_map=scalar_map).resolve(spec(">f8"))
        values = np.array([[np.nan, 1, 2], [np.inf, 3, -np.nan]], ">f8")
        assert codec.encode(values).tolist() == [[0, 1, 2], [255, 3, 0]]
        decoded = codec.decode(codec.encode(values))
        assert np.array_equal(decoded, values, equal_nan=True)
        assert codec.output_spec(spec(">f8", fill=np.float64("nan"))).fill_value == 0
        assert codec.output_spec(spec(">f8", fill=-1.0)).fill_value is None
        assert codec.encode(np.float64(7)).shape == ()

    def test_configuration(self, battery):
        for codec in (
            CastValueCodec("uint8"),
            CastValueCodec({"name": "int16"}, "towards-zero", "wrap", {"encode": [[1, 2]]}),
            CastValueCodec("float32", out_of_range="error"),
        ):
            battery.configs(codec)
        bad = [
            {"data_type": "string"},
            {"data_type": "nonsense"},
            {"data_type": "uint8", "rounding": "up"},
            {"data_type": "uint8", "out_of_range": "ignore"},
            {"data_type": "uint8", "scalar_map": [1]},
            {"data_type": "uint8", "scalar_map": {"encode": [1]}},
            {"data_type": "uint8", "scalar_map": {"both": []}},
            {},
        ]
        for configuration in bad:
            with pytest.raises(CodecValidationError, match="cast_value"):
                CastValueCodec.from_dict({"name": "cast_value", "configuration": configuration})
        for codec in (
            CastValueCodec("float32", out_of_range="wrap"),
            CastValueCodec("uint8", scalar_map={"encode": [["NaN", 300]]}),
            CastValueCodec("uint8", scalar_map={"decode": [["NaN", 1]]}),
        ):
            with pytest.raises(CodecValidationError, match="cast_value"):
                codec.resolve(spec("<f8"))
        with pytest.raises(CodecValidationError, match="cast_value"):
            CastValueCodec("uint8").resolve(spec("<U3"))

from __future__ import annotations

import pytest

from zarrc.cli.arguments import make_parser


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "long", ""])
def test_bad_seconds_say_what_is_expected(text, capsys):
    with pytest.raises(SystemExit) as stop:
        make_parser().parse_args(["repair", "p", f"--min-age={text}"])
    assert stop.value.code == 2
    message = capsys.readouterr().err
    assert "such as 3600" in message and "_seconds" not in message


def test_seconds_and_sizes():
    parser = make_parser()
    assert parser.parse_args(["repair", "p", "--min-age", "0.5"]).min_age == 0.5
    assert parser.parse_args(["repair", "p"]).min_age is None
    assert parser.parse_args(["demo", "--size-mib", "3"]).size_mib == 3
    assert str(parser.parse_args(["demo"]).dir) == "zarrc-demo"


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "much", "9" * 5000])
def test_bad_sizes_say_what_is_expected(text, capsys):
    with pytest.raises(SystemExit) as stop:
        make_parser().parse_args(["demo", f"--size-mib={text}"])
    assert stop.value.code == 2
    message = capsys.readouterr().err
    assert "such as 64" in message and "_size" not in message

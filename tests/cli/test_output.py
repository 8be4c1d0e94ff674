from __future__ import annotations

import io
import json
import os
import sys
import threading

import pytest

from zarrc.cli.output import JsonReport, counted, prepare_streams, printable, size_text


@pytest.mark.parametrize(
    ("nbytes", "text"),
    [
        (0, "0 bytes"),
        (0.4, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (999.6, "1.0 KB"),
        (1000, "1.0 KB"),
        (1500, "1.5 KB"),
        (999_940, "999.9 KB"),
        (999_960, "1.0 MB"),
        (2_500_000, "2.5 MB"),
        (3e9, "3.0 GB"),
        (4e12, "4.0 TB"),
        (5e15, "5000.0 TB"),
    ],
)
def test_size_text(nbytes, text):
    assert size_text(nbytes) == text


def test_counted():
    assert [counted(n, "array") for n in (0, 1, 2)] == ["0 arrays", "1 array", "2 arrays"]


def test_printable():
    assert printable("plain é ü 日本") == "plain é ü 日本"
    assert printable("a\x1b[2J\nb\u202e\udc80") == "a\\x1b[2J\\nb\\u202e\\udc80"


def test_report_replaces_the_older_one_when_it_is_written(tmp_path):
    path = tmp_path / "r.json"
    path.write_text("x" * 1000)
    with JsonReport(str(path)) as report:
        assert path.read_text() == "x" * 1000
        report.write({"ok": True})
    assert json.loads(path.read_text()) == {"ok": True}


@pytest.mark.parametrize("before", [None, "older"])
def test_report_that_is_not_written_leaves_what_was_there(tmp_path, before):
    path = tmp_path / "r.json"
    if before is not None:
        path.write_text(before)
    with pytest.raises(KeyError), JsonReport(str(path)):
        raise KeyError
    assert (path.read_text() if path.exists() else None) == before


def test_bad_place_is_known_at_once(tmp_path):
    with pytest.raises(OSError), JsonReport(str(tmp_path)):
        raise AssertionError
    with pytest.raises(OSError), JsonReport(str(tmp_path / "no" / "such.json")):
        raise AssertionError


def test_report_to_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text()))
    reader.start()
    with JsonReport(str(tmp_path / "pipe")) as report:
        report.write({"ok": False})
    reader.join(10)
    assert json.loads(read[0]) == {"ok": False}


def test_text_makes_room_for_the_report(capsys):
    with JsonReport("-") as report:
        print("text", file=report.text)
        report.write({"ok": True})
    captured = capsys.readouterr()
    assert (json.loads(captured.out), captured.err) == ({"ok": True}, "text\n")
    with JsonReport(None) as report:
        print("text", file=report.text)
        report.write({"ok": True})
    assert capsys.readouterr() == ("text\n", "")


def test_streams_are_replaced_only_where_they_are_closed(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setattr("sys.stderr", None)
    prepare_streams()
    assert sys.stdout is stream and stream.errors == "replace"
    assert sys.stderr.name == os.devnull
    sys.stderr.close()

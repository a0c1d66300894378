"""`flowlab gc`, as a program and as lines for a notebook."""

import os
import time
from pathlib import Path

import msgspec
import pytest

import flowlab
from flowlab.errors import UsageError
from flowlab.staging.command import gc_lines, main, seconds
from flowlab.staging.leases import LEASE, Lease
from flowlab.staging.leftovers import DAY
from flowlab.staging.point import put_staged


@pytest.fixture
def point(tmp_path):
    """A point with a leftover of two days, and a folder of this minute."""
    old = time.time() - 2 * DAY
    for name in ("old", "new"):
        folder = tmp_path / f"flowlab-{name}"
        put_staged(b"data", str(folder))
        lease = msgspec.json.encode(Lease(name, "ada", "far", [[1, 1.0]]))
        (folder / LEASE).write_bytes(lease)
    for path in Path(tmp_path, "flowlab-old").iterdir():
        os.utime(path, (old, old))
    return str(tmp_path)


def test_leftovers_are_listed_and_stay(point, capsys):
    assert main(["gc", point]) == 0
    listed, summary = capsys.readouterr().out.splitlines()
    assert listed.startswith(f"left over: '{point}/flowlab-old' of ada on far, ")
    assert listed.endswith("48.0 h old")
    assert summary.endswith("left over; --remove removes them; 1 in use or too young")
    assert sorted(os.listdir(point)) == ["flowlab-new", "flowlab-old"]


def test_leftovers_are_removed_when_that_is_asked_for(point, capsys):
    assert main(["gc", point, "--remove"]) == 0
    assert "removed: " in capsys.readouterr().out
    assert os.listdir(point) == ["flowlab-new"]


def test_how_old_can_be_said(point, capsys):
    assert main(["gc", point, "--older-than", "3d", "--remove"]) == 0
    assert sorted(os.listdir(point)) == ["flowlab-new", "flowlab-old"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["nowhere"], "cannot list"),
        (["s3://u:hunter2@b"], "leave out passwords"),
        (["x", "--older-than", "soon"], "'soon' is no duration"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(tmp_path, monkeypatch, capsys, words, why):
    monkeypatch.chdir(tmp_path)
    assert main(["gc", *words]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("flowlab gc: ")
    assert why in said.err
    assert "hunter2" not in said.err


def test_without_a_url_it_is_the_stage_point_of_the_process(point):
    with pytest.raises(UsageError, match="no stage point is set"):
        list(gc_lines(None))
    flowlab.set_stage_point(point)
    try:
        assert len(list(gc_lines(None))) == 2
    finally:
        flowlab.set_stage_point(None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90", 90), ("90s", 90), ("10m", 600), ("1.5h", 5400), ("1d", 86400), (" 2d ", 172800)],
)
def test_durations(text, expected):
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "d", "-1d", "1w", "1d2h", "nan"])
def test_what_is_no_duration(text):
    with pytest.raises(UsageError, match="is no duration"):
        seconds(text)

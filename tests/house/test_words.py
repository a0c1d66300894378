"""Names say what a file is for, notes to ourselves have a number, and no file knows a machine."""

import re
from pathlib import Path

import pytest

from tests.house.tree import files, name_of

# A drawer for what nobody placed: its content belongs to a room, under a name of its own.
DRAWERS = re.compile(r"^_?(utils?|helpers?|common|misc|base|shared_utils|tools|stuff)$")

NOTE = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b(?!\(#\d+\)| #\d+)")

# Where somebody's checkout or home lies. The first character is in brackets so that this file
# does not find itself.
MACHINE = re.compile(r"(?<![\w.}>*-])[/](?:home|Users)/[a-z]\w*/|(?<![\w.}>*-])[/](?:root|work)/\w")

TEXT = (".py", ".md", ".toml", ".ipynb", ".ts", ".css", ".json", ".jsonl", ".yml", ".yaml", ".mjs")


def written() -> list[Path]:
    return [path for path in files() if path.suffix in TEXT or path.name in ("Makefile", "run")]


def lines_with(pattern: re.Pattern[str], text: str) -> list[str]:
    return [
        f"line {number}: {line.strip()[:100]}"
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_or_folder_is_a_drawer():
    drawers = [
        name_of(path)
        for path in files(".py", ".ts", ".mjs")
        if DRAWERS.match(path.stem) or any(map(DRAWERS.match, Path(name_of(path)).parts))
    ]
    assert not drawers, f"name what they are for: {', '.join(drawers)}"


@pytest.mark.parametrize("path", written(), ids=name_of)
def test_notes_have_a_number_and_no_file_knows_a_machine(path):
    text = path.read_text(encoding="utf-8")
    if path != Path(__file__).resolve():
        assert not lines_with(NOTE, text), "a note to ourselves needs its issue: (#12)"
    assert not lines_with(MACHINE, text), "a path of somebody's machine"


@pytest.mark.parametrize("drawer", ["utils", "helpers", "common", "misc", "base", "_util"])
def test_drawers_are_known_by_name(drawer):
    assert DRAWERS.match(drawer)


def test_a_note_without_number_is_found():
    assert NOTE.search("# TODO: later")
    assert not NOTE.search("# TODO(#12): later")


@pytest.mark.parametrize("name", ["home/ada", "Users/ada", "root", "work"])
def test_a_path_of_a_machine_is_found(name):
    assert MACHINE.search(f"open('/{name}/x.csv')")
    assert not MACHINE.search(f"store/{name}/x.csv")

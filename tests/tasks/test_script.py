"""A node script: how it takes arguments, and what travels with it."""

import pytest

from flowlab.errors import WrongKind, WrongPath
from flowlab.tasks.script import FOLDER, OBJECTS, PLAIN, STRINGS, read_script, way_there


def names(script):
    return [name.removeprefix(f"{FOLDER}/") for name in script.bundle.names]


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("import sys\nsys.exit(X(*sys.argv[1:3]).run_with_logging())", STRINGS),
        ("import sys\nsys.exit(X(*sys.argv[1:4]).run_with_stored_arguments())", OBJECTS),
        ("# run_with_logging\nprint('run_with_logging')", PLAIN),
        ("echo no Python 'here\n", PLAIN),
    ],
)
def test_how_it_takes_its_arguments_is_found_in_its_code(tmp_path, text, way):
    (tmp_path / "x.py").write_text(text)
    assert read_script(tmp_path / "x.py").way == way
    assert read_script(text).way == way


def test_a_text_is_a_file_where_it_runs():
    script = read_script("print(1)\nprint(2)", name="mine.py")
    assert (script.name, script.path) == ("mine.py", f"{FOLDER}/mine.py")
    assert names(script) == ["mine.py"]


def test_modules_beside_it_travel_when_they_are_imported(tmp_path):
    (tmp_path / "pack" / "deep").mkdir(parents=True)
    for name, text in {
        "x.py": "import json, near\nfrom pack.deep import thing\nfrom . import odd",
        "near.py": "def f():\n    import far\n",
        "far.py": "import near, x",
        "strange.py": "raise ValueError",
        "pack/__init__.py": "",
        "pack/table.csv": "1,2",
        "pack/deep/__init__.py": "thing = 1",
    }.items():
        (tmp_path / name).write_text(text)
    found = names(read_script(str(tmp_path / "x.py")))
    wanted = ["far.py", "near.py", "pack/__init__.py", "pack/deep/__init__.py", "pack/table.csv"]
    assert found == [*wanted, "x.py"]


def test_a_path_counts_from_the_current_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.py").write_text("pass")
    assert read_script("x.py").name == "x.py"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WrongPath, match=r"there is no node script '.*/no\.py'"):
        read_script(tmp_path / "no.py")


def test_what_is_neither_path_nor_text_is_refused():
    with pytest.raises(WrongKind, match="path of a file, or its text, not 3"):
        read_script(3)


def test_the_way_of_a_script_that_is_somewhere_else_is_found_there(tmp_path):
    (tmp_path / "x.py").write_text("mine().run_with_stored_arguments()")
    for word in ("x.py", f"{tmp_path}/x.py"):
        assert way_there(["python", "-u", word], tmp_path) == OBJECTS
    for words in (["python", "no.py"], ["echo"], ["python", f"{tmp_path}/no/x.py"]):
        assert way_there(words, tmp_path) == PLAIN

"""Shell cells."""

import pandas as pd
import pytest

from flowlab.errors import CellError, TaskError, UsageError
from flowlab.model.specs import Place
from flowlab.tasks.objects import blob, directory, pickled
from flowlab.tasks.shell import declare_shell


def shell(source, inputs=None, outputs=None, **more):
    outputs = {"out": "STDOUT"} if outputs is None else outputs
    return declare_shell(name="sh", source=source, inputs=inputs or {}, outputs=outputs, **more)


def test_what_it_prints_is_text(engine):
    assert engine.value(shell("echo 'a  b' | tr a-z A-Z")) == "A  B\n"


def test_objects_are_its_files(engine, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("x")
    inputs = {
        "t.csv": pickled(pd.DataFrame({"a": [1]})),
        "deep/text": pickled("text"),
        "raw": blob(b"raw"),
        "d": directory(tmp_path / "d"),
    }
    assert engine.value(shell("cat t.csv deep/text raw d/x", inputs)) == "a\n1\ntextrawx"


def test_files_and_directories_are_its_outputs(engine):
    task = shell("echo 1 > one; mkdir many; echo 2 > many/two", outputs={"a": "one", "b": "many/"})
    one, many = engine.run(task)
    assert (one.get_bytes(), one.content_type) == (b"1\n", None)
    many.write(engine.place / "got")
    assert (engine.place / "got" / "two").read_text() == "2\n"
    assert task.outputs.labels() == ["a", "b"]


def test_it_fails_with_what_the_shell_said(engine):
    with pytest.raises(TaskError, match="exit code 127"):
        engine.run(shell("no-such-command"))
    with pytest.raises(TaskError, match="Path 'x' not found"):
        engine.run(shell("true", outputs={"x": "x"}))


def test_files_stay_in_the_working_directory_and_apart():
    with pytest.raises(UsageError, match="inside the task's working directory"):
        shell("true", {"../a": blob("")})
    with pytest.raises(UsageError, match="inside the task's working directory"):
        shell("true", outputs={"a": "/tmp/a"})
    with pytest.raises(CellError, match="two of its outputs are 'STDOUT'"):
        shell("true", outputs={"a": "STDOUT", "b": "STDOUT"})


def test_it_knows_its_cell(session):
    task = shell("true", cpus=2, place=Place("nb", 1, 7))
    assert (task.name, task.resources.cpus, task.place.cell) == ("sh", 2, 7)
    assert task.source == "true"
    assert session.added == [task]

"""What a program made: all that matches, and what may lack."""

import os
from pathlib import Path

import pytest

from flowlab.errors import StoreError, TaskError, UsageError, WrongValue
from flowlab.model.inputs import Input, InputDir, Output, OutputDir
from flowlab.model.specs import DataType
from flowlab.tasks.bundles import bundle
from flowlab.tasks.cell import declare_cell
from flowlab.tasks.execute import Execute
from flowlab.tasks.objects import blob
from flowlab.tasks.python import remote
from flowlab.tasks.shell import declare_shell

MATCHES = Output("parts", path="x*", glob=True)


@pytest.fixture(params=["copies", "links"], autouse=True)
def _way(request, monkeypatch):
    """Root gets copies of what it may read, others links."""
    if request.param == "links":
        monkeypatch.setattr(os, "access", lambda path, mode: False)


def run(engine, command, *outputs, **more):
    return engine.run(Execute(command, shell=True, output_paths=outputs, **more))


def files(instance, place):
    """Names and contents of a directory's files."""
    instance.write(place)
    return {
        path.relative_to(place).as_posix(): path.read_text()
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }


def test_all_files_that_match_are_one_directory(engine, tmp_path):
    (made,) = run(engine, "printf 1 > x1; printf 2 > x2; touch y; mkdir d; touch d/x3", MATCHES)
    assert made.data_type is DataType.DIR
    assert not made.missing
    assert files(made, tmp_path / "out") == {"x1": "1", "x2": "2"}


def test_none_may_match(engine, tmp_path):
    (made,) = run(engine, "touch y", MATCHES)
    assert files(made, tmp_path / "out") == {}
    assert not made.missing


def test_names_are_paths_and_directories_are_whole(engine, tmp_path):
    command = "mkdir -p d/e x; printf 1 > d/a.txt; printf 2 > d/e/b.txt; printf 3 > x/c; touch d/q"
    deep, whole = run(
        engine, command, Output("deep", path="**/*.txt", glob=True), Output("x*", glob=True)
    )
    assert files(deep, tmp_path / "1") == {"d/a.txt": "1", "d/e/b.txt": "2"}
    assert files(whole, tmp_path / "2") == {"x/c": "3"}


def test_a_file_may_match_twice_and_names_may_be_odd(engine, tmp_path):
    names = ["x with space", "x'quote\"", "xnew\nline", "xhäšek", "x" * 255]
    task = Execute(["touch", *names], output_paths=[MATCHES, Output("all", path="*", glob=True)])
    one, two = engine.run(task)
    assert set(files(one, tmp_path / "1")) == set(files(two, tmp_path / "2")) == set(names)


def test_what_the_program_found_is_none_of_what_it_made(engine, tmp_path):
    (Path(tmp_path) / "b").mkdir()
    for name in ("xb1", "xb2"):
        (tmp_path / "b" / name).write_text("of the bundle")
    (made,) = run(
        engine,
        "printf new > x9; mv xb2 gone; rm xb1; printf mine > xb1; printf mine > t; mv t xi1",
        MATCHES,
        input_paths=[Input("xi1", dataobj=blob("i")), Input("xi2", dataobj=blob("i"))],
        bundle=bundle("*", base=tmp_path / "b"),
    )
    assert files(made, tmp_path / "out") == {"x9": "new", "xb1": "mine", "xi1": "mine"}


def test_what_it_was_given_to_change_is_its_own(engine, tmp_path):
    given = Input("x1", dataobj=blob("a"), write=True)
    (made,) = run(engine, "printf b >> x1", MATCHES, input_paths=[given])
    assert files(made, tmp_path / "out") == {"x1": "ab"}


def test_a_link_that_matches_is_what_it_leads_to(engine, tmp_path):
    command = "printf a > y; ln -s y x1; mkdir d; printf b > d/f; ln -s d x2"
    (made,) = run(engine, command, MATCHES)
    assert files(made, tmp_path / "out") == {"x1": "a", "x2/f": "b"}
    with pytest.raises(StoreError, match=r"x1': No such file"):
        run(engine, "ln -s nowhere x1", MATCHES)


def test_a_named_pipe_is_an_error_and_nobody_waits_for_it(engine):
    with pytest.raises(StoreError, match=r"cannot bundle .*x1': no plain file"):
        run(engine, "mkfifo x1", MATCHES)
    with pytest.raises(TaskError, match="'x1' is neither a file nor a directory"):
        run(engine, "mkfifo x1", Output("x1"))


def test_standard_streams_match_nothing(engine, tmp_path):
    every = Output("all", path=".*", glob=True)
    _, made = run(engine, "cat", every, stdin=blob("in"), stdout=True)
    assert files(made, tmp_path / "out") == {}


def test_matches_are_files_of_the_next_task(engine):
    made = Execute("printf 1 > x1; printf 2 > x2", shell=True, output_paths=MATCHES)
    read = Execute(["cat", "d/x1", "d/x2"], True, input_paths=InputDir("d", dataobj=made))
    assert engine.run(read)[0].get_bytes() == b"12"


def test_an_optional_file_is_there_or_missing(engine):
    maybe = Output("log", optional=True, content_type="json")
    there, none = run(engine, "echo 1 > log", maybe)[0], run(engine, "true", maybe)[0]
    assert (there.load(), there.missing) == (1, False)
    assert (none.load(), none.get_bytes(), none.missing, none.size) == (None, b"", True, 0)
    assert none.user == {"missing": True}
    (folder,) = run(engine, "true", OutputDir("d", optional=True))
    assert (folder.data_type, folder.missing) == (DataType.DIR, True)


def test_an_optional_file_that_is_a_link_to_nothing_is_missing(engine):
    (none,) = run(engine, "ln -s nowhere log", Output("log", optional=True))
    assert (none.missing, none.get_bytes()) == (True, b"")
    (there,) = run(engine, "echo 1 > x; ln -s x log", Output("log", optional=True))
    assert (there.missing, there.get_bytes()) == (False, b"1\n")


def test_what_is_missing_is_missing_to_the_next_task_too(engine):
    made = Execute("true", output_paths=Output("log", optional=True))
    listed = Execute("ls; cat", True, input_paths=[Input("log", dataobj=made)], shell=True)
    assert engine.run(listed)[0].get_bytes() == b""
    read = Execute("cat", True, stdin=made)
    assert engine.run(read)[0].get_bytes() == b""


def test_an_optional_file_of_the_wrong_kind_fails_as_any(engine):
    with pytest.raises(TaskError, match="expects type blob, but dir is provided"):
        run(engine, "mkdir log", Output("log", optional=True))


def test_a_shell_cells_outputs_may_be_patterns(engine, tmp_path):
    task = declare_shell(
        name="split", source="printf abcd | split -b 2 - x", inputs={}, outputs={"parts": "x*"}
    )
    assert files(engine.run(task)[0], tmp_path / "out") == {"xaa": "ab", "xab": "cd"}
    assert task.output.data_type is DataType.DIR


@pytest.mark.parametrize("words", [{"path": "../x*"}, {"path": "/x*"}, {"label": ".."}])
def test_a_pattern_stays_in_the_working_directory(words):
    with pytest.raises(UsageError, match="inside the task's working directory"):
        Execute("true", output_paths=Output(glob=True, **words))


def test_a_glob_says_no_more_than_its_pattern():
    with pytest.raises(WrongValue, match="needs a pattern"):
        Output(glob=True)
    for more in ({"optional": True}, {"content_type": "text"}, {"encode": "pickle"}):
        with pytest.raises(WrongValue, match="which may hold nothing; leave optional"):
            Output("x*", glob=True, **more)
    with pytest.raises(UsageError, match="two outputs are made at the path"):
        Execute("true", output_paths=[MATCHES, MATCHES])


@pytest.mark.parametrize("given", [Output("x*", glob=True), Output("x", optional=True)])
def test_functions_and_standard_output_have_neither(given):
    with pytest.raises(UsageError, match="glob and optional are for programs"):
        remote(outputs=given)(lambda ctx: b"")
    with pytest.raises(UsageError, match="glob and optional are for programs"):
        remote(lambda ctx: b"")(output=given)
    with pytest.raises(UsageError, match="stdout"):
        Execute("true", stdout=given)


def test_a_cell_that_reads_what_is_missing_reads_none(engine):
    made = Execute("true", output_paths=Output("log", optional=True))
    cell = declare_cell(
        name="c", source="x = log is None", filename="In [1]", reads={"log": made.output},
        captured={}, outputs=["x"],
    )  # fmt: skip
    assert engine.value(cell) is True


def test_what_matches_travels_by_a_file(engine, monkeypatch):
    """Kinds give it to their worker as a path: a large one is moved into the store."""
    sources = []
    kept = engine._kept
    monkeypatch.setattr(
        engine, "_kept", lambda out, made: (sources.append(made.source), kept(out, made))[1]
    )
    run(engine, "printf 1 > x1; printf 2 > x2", MATCHES, Output("y*", glob=True))
    assert len({path for path in sources if isinstance(path, Path) and path.is_file()}) == 2

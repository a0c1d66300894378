"""How a program runs on an engine: what it may change, and how it fails."""

import os

import pytest

from flowlab.errors import StoreError, TaskError, UsageError
from flowlab.model.inputs import Input, InputDir, Output, OutputDir
from flowlab.tasks.basic import Concat
from flowlab.tasks.execute import Execute
from flowlab.tasks.objects import blob, directory


def failure(engine, *args, **kwargs):
    with pytest.raises(TaskError) as caught:
        engine.run(Execute(*args, **kwargs))
    return str(caught.value)


def test_a_failed_program_says_its_code_and_its_stderr(engine):
    said = failure(engine, "echo why >&2; exit 3", shell=True)
    assert said == "Program exit with exit code 3\nStderr: why\n"


def test_a_signal_is_named(engine):
    assert failure(engine, "kill -9 $$", shell=True).startswith(
        "Program terminated by signal 9 (SIGKILL)"
    )


def test_a_missing_program_is_named(engine):
    assert "Program 'no-such-program' not found" in failure(engine, ["no-such-program"])


def test_a_file_that_is_no_program_is_said_so(engine):
    program = Input("run", dataobj=blob("#!/bin/sh\n"))
    said = failure(engine, ["./run"], input_paths=[program])
    assert said == "Program './run' cannot be run: Permission denied"


def test_a_missing_output_is_named_with_what_was_left(engine):
    said = failure(engine, "touch a b", output_paths=["c"], stdout=True)
    assert "Path 'c' not found" in said
    assert said.endswith("it left 'a', 'b'")
    many = failure(engine, "for n in $(seq 12); do touch f$n; done", shell=True, output_paths="x")
    assert many.endswith("and 2 more")


def test_an_output_of_the_wrong_kind_fails(engine):
    assert "expects type blob, but dir is provided" in failure(
        engine, "mkdir a", output_paths=[Output("a")]
    )
    assert "expects type dir, but blob is provided" in failure(
        engine, "touch a", output_paths=[OutputDir("a")]
    )


@pytest.mark.parametrize("source", ["constant", "stored"])
def test_a_changed_input_fails_the_task_and_the_object_is_unharmed(engine, source):
    data = blob("original") if source == "constant" else Concat([blob("original")])
    given = [Input("a", dataobj=data)]
    task = Execute("printf ORIGINAL > a", shell=True, input_paths=given)
    refused = r"changed its read-only input 'a'.*write=True|Permission denied"  # as root, or not
    with pytest.raises((StoreError, TaskError), match=refused):
        engine.run(task)
    again = Execute(["cat", data], stdout=True)
    assert engine.run(again)[0].get_bytes() == b"original"


def test_a_changed_file_of_a_directory_fails_the_task_unless_it_is_a_copy(engine, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("original")
    data = directory(tmp_path / "d")
    command = "chmod u+w d/x; printf changed > d/x"
    task = Execute(command, shell=True, input_paths=[InputDir("d", dataobj=data)])
    with pytest.raises(StoreError, match=r"changed its read-only input 'd/x'.*write=True"):
        engine.run(task)
    copy = InputDir("d", dataobj=data, write=True)
    engine.run(Execute(command, shell=True, input_paths=[copy]))
    again = Execute(["cat", "d/x"], True, input_paths=[InputDir("d", dataobj=data)])
    assert engine.run(again)[0].get_bytes() == b"original"


def test_a_writable_input_may_be_changed_and_becomes_an_output(engine):
    data = Concat([blob("original")])
    task = Execute(
        "printf ' changed' >> a",
        shell=True,
        input_paths=[Input("a", dataobj=data, write=True)],
        output_paths=["a"],
    )
    assert engine.run(task)[0].get_bytes() == b"original changed"
    assert engine.made[data.output.object_id].get_bytes() == b"original"


def test_a_read_only_input_may_be_removed_or_handed_on(engine):
    given = [Input("a", dataobj=Concat([blob("A")])), Input("b", dataobj=blob("B"))]
    task = Execute(["rm", "b"], input_paths=given, output_paths=["a"])
    assert engine.run(task)[0].get_bytes() == b"A"
    assert engine.run(Execute(["cat", given[0]], stdout=True))[0].get_bytes() == b"A"


def test_an_output_that_is_a_link_is_copied(engine):
    task = Execute("echo x > a; ln -s a b", shell=True, output_paths=["b"])
    assert engine.run(task)[0].get_bytes() == b"x\n"


def test_an_output_may_lie_inside_a_mapped_directory(engine, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("x")
    given = InputDir("d", dataobj=directory(tmp_path / "d"))
    task = Execute(["cp", "d/x", "d/y"], input_paths=[given], output_paths=["d/y"])
    assert engine.run(task)[0].get_bytes() == b"x"


@pytest.mark.parametrize("below", ["x/q", "x/deep/q"])
def test_inputs_that_stand_in_each_others_way_are_named(engine, below, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # they are links, as nearly always
    given = [
        Input("x", dataobj=Concat([blob("1")])),
        Input("q", path=below, dataobj=Concat([blob("2")])),
    ]
    for inputs in (given, given[::-1]):
        with pytest.raises(UsageError, match=r"another input is in its way at 'x.*; give one of"):
            engine.run(Execute("true", input_paths=inputs))


def test_an_output_below_an_input_that_is_a_file_is_named(engine):
    given = [Input("x", dataobj=blob("1"))]
    task = Execute("true", input_paths=given, output_paths=[Output("o", path="x/o")])
    with pytest.raises(UsageError, match=r"^'x/o' cannot be .* another input is in its way at 'x'"):
        engine.run(task)


def test_nothing_printed_is_an_empty_output(engine):
    assert engine.run(Execute("true", stdout=True))[0].get_bytes() == b""

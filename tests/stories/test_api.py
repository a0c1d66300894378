"""flowlab without magics, on real engines: what Rain's users know, from end to end."""

import os

import pytest

import flowlab
from flowlab import Client, Input, InputDir, Output, OutputDir, blob, directory, pickled, remote
from flowlab import tasks as kinds
from flowlab.errors import SessionError, TaskError, UsageError
from tests.stories.conftest import patient
from tests.stories.watching import wait_until

pytestmark = pytest.mark.engines


def fetch(obj):
    """The bytes of an object."""
    return obj.fetch().get_bytes()


def test_the_first_example_of_the_documentation():
    with Client(n=1) as client, client.new_session() as session:
        t = kinds.Concat([blob("Hello "), blob("world!")])
        t.output.keep()
        session.submit()
        assert t.output.fetch().get_bytes() == b"Hello world!"


def test_what_lies_in_the_runtime_directory_is_private_and_tasks_have_the_users_umask():
    before = os.umask(0o027)
    try:
        with Client(n=1) as client, client.new_session() as session:
            made = remote(lambda ctx: f"{os.umask(0o22):o}".encode())()
            made.output.keep()
            session.submit()
            assert made.output.fetch().get_bytes() == b"27"
            assert wait_until(lambda: client.describe()["controller"] == "up", 30)  # and its keys
            places = [client._run.path, *client._run.path.rglob("*")]
            wide = [p for p in places if p.lstat().st_mode & 0o077 and not p.is_symlink()]
    finally:
        os.umask(before)
    assert len(places) > 10
    assert [p.name for p in wide] == ["README"]  # IPython's own text, copied with its mode


def test_all_public_names_are_there():
    for name in flowlab.__all__:
        assert getattr(flowlab, name) is not None, name


# --- built-in tasks


def test_concat_and_sleep_make_a_pipeline(session):
    slept = kinds.Sleep(blob("b"), 0.2)
    joined = kinds.Concat([blob("a"), slept, kinds.Concat([]), blob("c" * 100_000)])
    joined.output.keep()
    session.submit()
    assert fetch(joined.output) == b"ab" + b"c" * 100_000
    joined.update()
    assert joined.state == "finished"
    assert joined.info.ended >= joined.info.began > 0


def test_a_program_reads_files_and_standard_input_and_makes_files(session):
    greeting = kinds.Execute(["cat", blob("Hello "), "-"], stdin=blob("world"), stdout="text")
    sorted_lines = kinds.Execute(
        ["sort", "-o", Output("result", path="a b.txt"), Input("lines", dataobj=blob("b\na\n"))]
    )
    piped = kinds.Execute("tr a-z A-Z < in | cat > out", shell=True,
                          input_paths=[Input("in", dataobj=greeting.outputs["text"])],
                          output_paths=["out"])  # fmt: skip
    for task in (greeting, sorted_lines, piped):
        task.keep_outputs()
    session.submit()
    assert fetch(greeting.outputs["text"]) == b"Hello world"
    assert fetch(sorted_lines.output) == b"a\nb\n"
    assert fetch(piped.output) == b"HELLO WORLD"


def test_a_large_file_goes_from_program_to_program(session):
    made = kinds.Execute("head -c 3000000 /dev/zero > big", shell=True, output_paths=["big"])
    counted = kinds.Execute(["wc", "-c"], stdin=made, stdout=True)
    made.output.keep()
    counted.output.keep()
    session.submit()
    assert fetch(counted.output).split() == [b"3000000"]
    assert fetch(made.output) == bytes(3_000_000)


def test_directories_go_in_and_out_of_programs(session, tmp_path):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "file").write_text("content")
    tree = directory(tmp_path / "in")
    task = kinds.Execute(
        "mkdir made && cp -r tree/deep made/copy && echo more > made/more",
        shell=True,
        input_paths=[InputDir("tree", dataobj=tree)],
        output_paths=[OutputDir("made")],
    )
    task.output.keep()
    session.submit()
    task.output.fetch().write(tmp_path / "out")
    assert (tmp_path / "out" / "copy" / "file").read_text() == "content"
    assert (tmp_path / "out" / "more").read_text() == "more\n"


# --- Python tasks


def test_a_function_takes_objects_inside_of_its_arguments(session):
    @remote(auto_load=True, auto_encode="json")
    def look(ctx, plain, nested, *, keyword):
        return [plain, nested["list"], nested["deep"][0]["value"], keyword]

    made = look(1, {"list": [pickled(2), 3], "deep": ({"value": pickled("x" * 70_000)},)},
                keyword=blob("t"))  # fmt: skip
    made.output.keep()
    session.submit()
    assert made.output.fetch().load() == [1, [2, 3], "x" * 70_000, "t"]


def test_a_function_makes_several_outputs_and_files(session):
    @remote(outputs=["first", Output("second", encode="pickle"), "third"])
    def make(ctx, source):
        ctx.debug("making {}", 3)
        with open("file", "wb") as file:
            file.write(source.get_bytes() * 2)
        return {"first": b"1", "second": {"two": 2}, "third": ctx.stage_file("file")}

    made = make(blob(b"ab" * 50_000))
    made.keep_outputs()
    session.submit()
    first, second, third = made.fetch_outputs()
    assert first.get_bytes() == b"1"
    assert second.load() == {"two": 2}
    assert third.get_bytes() == b"ab" * 100_000


def test_arrays_go_between_engines_as_they_are(session):
    @remote(auto_load=True, auto_encode="pickle")
    def make(ctx, seed):
        import numpy as np

        return np.random.default_rng(seed).random((200, 200))

    @remote(auto_load=True, auto_encode="pickle")
    def multiply(ctx, *arrays):
        total = arrays[0]
        for array in arrays[1:]:
            total = total @ array
        return total, [array.flags.writeable for array in arrays]

    parts = [make(seed) for seed in range(4)]
    for part in parts:
        part.output.keep()
    whole = multiply(*parts)
    whole.output.keep()
    session.submit()
    loaded = [part.output.fetch().load() for part in parts]
    expected = loaded[0] @ loaded[1] @ loaded[2] @ loaded[3]
    assert (whole.output.fetch().load()[0] == expected).all()


def test_what_a_function_reads_from_outside_travels_with_it(session):
    factor = 3

    def helper(number):
        return number * factor

    @remote(auto_encode="json")
    def use(ctx, number):
        return helper(number)

    made = use(14)
    made.output.keep()
    session.submit()
    assert made.output.fetch().load() == 42


# --- sessions


def test_several_submits_and_unkeep(session):
    first = kinds.Concat([blob("a")])
    first.output.keep()
    session.submit()
    second = kinds.Concat([first, blob("b")])
    second.output.keep()
    session.submit()
    assert fetch(second.output) == b"ab"
    assert fetch(first.output) == b"a"
    first.output.unkeep()
    with pytest.raises(UsageError, match="without keep flag"):
        first.output.fetch()
    with pytest.raises(UsageError, match=r"submitted earlier and is not kept(.|\n)*keep\(\)"):
        kinds.Concat([first])
    assert fetch(second.output) == b"ab"


def test_two_sessions_side_by_side(client):
    with client.new_session("one") as one, client.new_session("two") as two:
        with one.bind_only():
            slow = kinds.Sleep(blob("slow"), 0.5)
            slow.output.keep()
        with two.bind_only():
            quick = kinds.Concat([blob("quick")])
            quick.output.keep()
        one.submit()
        two.submit()
        assert fetch(quick.output) == b"quick"
        assert fetch(slow.output) == b"slow"
        with pytest.raises(UsageError, match="belongs to session 'one'"):
            two.fetch(slow.output)


def test_a_closed_session_stops_its_tasks(client):
    with client.new_session() as session:
        task = kinds.Sleep(blob("x"), 3600)
        session.submit()
    with pytest.raises(SessionError, match="closed"):
        task.wait()


# --- failures


def declare_failure():
    """A task that fails on a line of its own, one that reads it, and one that does not."""

    @remote
    def divide(ctx, number):
        ctx.debug("before the line")
        return str(1 // number)

    failed = divide(0, name="bad/division")
    dependent = kinds.Concat([failed], name="dependent")
    other = kinds.Sleep(blob("fine"), 0.1)
    other.output.keep()
    return failed, dependent, other


def test_a_failed_task_fails_its_session_and_shows_its_own_line(session):
    failed, _, other = declare_failure()
    session.submit()
    with pytest.raises(TaskError, match="ZeroDivisionError") as caught:
        session.wait_all()
    text = str(caught.value)
    assert "bad/division" in text
    assert "return str(1 // number)" in text
    assert "failed = divide(0" in text, "the place of declaration is shown"
    assert "before the line" in text
    assert "flowlab/" not in caught.value.traceback, "frames of ours are not the user's"
    assert session.state == "failed"
    for access in (failed.wait, other.output.fetch, session.submit):
        with pytest.raises(SessionError, match="ZeroDivisionError"):
            access()


@patient
def test_a_failed_task_fails_only_what_depends_on_it(session):
    failed, dependent, other = declare_failure()
    session.submit()
    with pytest.raises(TaskError, match="ZeroDivisionError"):
        failed.wait()
    with pytest.raises(TaskError, match=r"'dependent'(.|\n)*skipped(.|\n)*bad/division"):
        dependent.wait()
    assert fetch(other.output) == b"fine"
    assert session.state == "open"
    session.update([failed, dependent])
    assert (failed.state, dependent.state) == ("failed", "skipped")


@patient
def test_a_failed_program_tells_its_status_and_what_it_wrote(session):
    task = kinds.Execute("echo to stderr >&2; exit 7", shell=True)
    absent = kinds.Execute(["no-such-program-anywhere"])
    lacking = kinds.Execute(["true"], output_paths=["never made"])
    session.submit()
    with pytest.raises(TaskError, match=r"7(.|\n)*to stderr"):
        task.wait()
    with pytest.raises(TaskError, match="no-such-program-anywhere"):
        absent.wait()
    with pytest.raises(TaskError, match="never made"):
        lacking.wait()


@patient
def test_a_cancelled_task_says_so_and_the_session_goes_on(session):
    task, other = kinds.Sleep(blob("x"), 3600), kinds.Sleep(blob("y"), 0.1)
    after = kinds.Concat([task])
    other.output.keep()
    session.submit()
    session.cancel([task])
    with pytest.raises(TaskError, match="cancelled"):
        task.wait()
    with pytest.raises(TaskError, match="skipped"):
        after.wait()
    assert fetch(other.output) == b"y"

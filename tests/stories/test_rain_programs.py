"""The examples of Rain's user guide, 9 to 18: programs.

Where the guide downloads a page by `wget`, a small program of the test's own writes it.
"""

import pytest

from flowlab import Input, Output, Program, blob, pickled, tasks
from flowlab.errors import ContentTypeError, TaskError, UsageError
from flowlab.events.messages import Said
from tests.stories.watching import Watcher, wait_until

pytestmark = pytest.mark.engines

WGET = """\
#!/bin/sh
# like `wget URL [--output-file FILE]`
echo "<html>$1</html>" > index.html
[ "$2" = --output-file ] && echo "saved" > "$3"
exit 0
"""


@pytest.fixture
def wget(tmp_path):
    """The path of a program that makes the files that wget would make."""
    path = tmp_path / "wget"
    path.write_text(WGET)
    path.chmod(0o755)
    return str(path)


def fetch(obj):
    return obj.fetch().get_bytes()


def test_9_a_command_line(rain):
    t = tasks.Execute("sleep 0.1")
    assert (len(t.inputs), len(t.outputs)) == (0, 0)
    rain.submit()
    rain.wait_all()
    t.update()
    assert t.info.duration >= 0.1


def test_10_a_list_of_words(rain):
    t = tasks.Execute(("sleep", "0.1"))
    rain.submit()
    t.wait()
    t.update()
    assert t.state == "finished"


def test_11_a_shell(rain):
    t = tasks.Execute("sleep 0.1 && sleep 0.1", shell=True)
    quoted = tasks.Execute("echo 'a  b'", shell=True, stdout=True)
    joined = tasks.Execute(("echo", "$((1 + 1))"), shell=True, stdout=True)
    quoted.output.keep()
    joined.output.keep()
    rain.submit()
    rain.wait_all()
    t.update()
    assert t.info.duration >= 0.2
    assert (fetch(quoted.output), fetch(joined.output)) == (b"a  b\n", b"2\n")


def test_12_a_file_that_was_made_is_the_output(rain, wget):
    t = tasks.Execute(
        f"{wget} https://github.com/", output_paths=[Output("index", path="index.html")]
    )
    t.output.keep()
    rain.submit()
    assert t.output.fetch().get_bytes() == b"<html>https://github.com/</html>\n"
    assert t.output.label == "index"


def test_13_a_path_alone_is_the_label_too(rain, wget):
    t = tasks.Execute(f"{wget} https://github.com/", output_paths=["index.html"])
    t.output.keep()
    rain.submit()
    assert fetch(t.outputs["index.html"]) == b"<html>https://github.com/</html>\n"


@pytest.mark.parametrize("as_argument", [False, True])
def test_14_two_files_one_of_them_an_argument(rain, wget, as_argument):
    if as_argument:
        t = tasks.Execute(
            [wget, "https://github.com/", "--output-file", Output("log")],
            output_paths=["index.html"],
        )
    else:
        t = tasks.Execute(
            f"{wget} https://github.com/ --output-file log", output_paths=["index.html", "log"]
        )
    t.keep_outputs()
    rain.submit()
    assert t.outputs.labels() == ["index.html", "log"]
    assert fetch(t.outputs["log"]) == b"saved\n"
    assert fetch(t.outputs["index.html"]).startswith(b"<html>")


@pytest.mark.parametrize(
    ("stdout", "label"), [(True, "stdout"), ("my_label", "my_label"), (Output("my_label"),) * 2]
)
def test_15_standard_output(rain, stdout, label):
    t = tasks.Execute("ls /", stdout=stdout)
    t.output.keep()
    rain.submit()
    assert t.output.label == getattr(label, "label", label)
    assert b"tmp\n" in fetch(t.output)


def test_15_standard_output_has_no_path(rain):
    with pytest.raises(UsageError, match="argument 'path' is not allowed"):
        tasks.Execute("ls /", stdout=Output("my_label", path="x"))


def test_16_an_object_as_an_argument(rain):
    data = blob(b"It is\nrainy day\n")
    task = tasks.Execute(["grep", "rain", data], stdout=True)
    task.output.keep()
    rain.submit()
    assert task.output.fetch().get_bytes() == b"rainy day\n"


def test_17_where_data_may_stand(rain):
    my_data = blob("my data")
    made = [
        tasks.Execute(["cat", Input("my_label", path="myfile", dataobj=my_data)], stdout=True),
        tasks.Execute(
            ["sh", "-c", "cat myfile; ls"],
            input_paths=[Input("my_label", path="myfile", dataobj=my_data)],
            stdout=True,
        ),
        tasks.Execute(["cat"], stdin=my_data, stdout=True),
    ]
    for each in made:
        each.output.keep()
    rain.submit()
    assert [fetch(each.output) for each in made] == [b"my data", b"my datamyfile\n", b"my data"]
    assert made[0].inputs.labels() == ["my_label"]


RAIN_GREP = Program(["grep", "rain", Input("my_input", path="my_file")], stdout=True)


def test_18_a_program_is_written_down_once(sized):
    for number in range(2):  # it belongs to no session
        with sized.new_session() as session:
            calls = [
                RAIN_GREP(my_input=blob(f"It is\nrainy day {number}.{each}\n")) for each in range(3)
            ]
            for task in calls:
                task.output.keep()
            session.submit()
            assert [fetch(task.output) for task in calls] == [
                f"rainy day {number}.{each}\n".encode() for each in range(3)
            ]


# --- what the guide says beside its examples


def test_a_program_that_fails_tells_its_code_and_its_standard_error(sized):
    for command, message in [
        ("echo no page >&2; exit 4", r"Program exit with exit code 4\nStderr: no page\n"),
        ("kill -9 $$", r"Program terminated by signal 9 \(SIGKILL\)"),
    ]:
        with sized.new_session() as session:
            task = tasks.Execute(command, shell=True)
            session.submit()
            with pytest.raises(TaskError, match=message):
                task.wait()
            with pytest.raises(TaskError, match=message):
                session.wait_all()


def test_what_is_no_argument_is_refused(rain):
    with pytest.raises(UsageError, match=r"1\. argument is invalid, it has to be string, Inp"):
        tasks.Execute(["echo", 1])
    with pytest.raises(ContentTypeError, match="Incompatible content types: 'json' and 'pickle'"):
        tasks.Execute(["cat", Input("a", dataobj=pickled(1), content_type="json")])
    with pytest.raises(ValueError, match="differ"):
        Output("a", encode="json", content_type="pickle")


def test_a_type_that_an_output_declares_is_the_objects(rain):
    task = tasks.Execute("echo '[1, 2]'", stdout=Output("list", content_type="json"))
    task.output.keep()
    rain.submit()
    assert task.output.fetch().load() == [1, 2]


def test_what_a_program_prints_is_heard_while_it_runs(rain, tmp_path):
    (tmp_path / "go").write_text("")
    script = f"echo early; echo trouble >&2; while [ -e {tmp_path}/go ]; do sleep 0.05; done"
    watcher = Watcher(rain)
    task = tasks.Execute(script, shell=True)
    rain.submit()

    def heard(stream):
        return "".join(each.text for each in watcher.of(Said) if each.stream == stream)

    try:
        assert wait_until(
            lambda: (heard("stdout"), heard("stderr")) == ("early\n", "trouble\n"), 30
        )
        task.update()
        assert task.state != "finished"
    finally:
        (tmp_path / "go").unlink()
    rain.wait_all()


def test_the_working_directory_is_empty_and_gone_afterwards(rain):
    first = tasks.Execute("pwd; touch left; mkdir dir; touch dir/left", shell=True, stdout=True)
    second = tasks.Execute("ls -A | grep -v '^.flowlab'; pwd", shell=True, stdout=True)
    first.output.keep()
    second.output.keep()
    rain.submit()
    assert fetch(first.output).startswith(b"/")
    assert fetch(second.output).count(b"\n") == 1


def test_nothing_stands_on_standard_input_unless_it_is_given(rain):
    task = tasks.Execute("cat", stdout=True)
    task.output.keep()
    rain.submit()
    assert fetch(task.output) == b""

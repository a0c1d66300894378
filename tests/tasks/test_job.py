"""How a node script runs: its words, its files, and that whatever it does is a result."""

import json
import logging
import os

import pytest

from flowlab.errors import TaskError
from flowlab.tasks.jobfolder import JobFolder
from flowlab.tasks.node import Node, declare_node
from flowlab.tasks.objects import blob, directory
from flowlab.tasks.script import read_script
from tests.kept import Kept

HEAD = "import sys, os, json\n"
PLAIN = f"{HEAD}print(json.dumps(sys.argv[1:]))\n"
STRINGS = f"{PLAIN}if False: None.run_with_logging()\n"
OBJECTS = f"""{HEAD}
import pickle
if False: None.run_with_stored_arguments()
file = open(os.environ["FLOWLAB_ARGUMENTS"], "rb")
unpickler = pickle.Unpickler(file)
values = []
while file.peek(1):
    values.append(unpickler.load())
print(json.dumps([sys.argv[1:], repr(values)]))
"""


@pytest.fixture
def kept(monkeypatch):
    monkeypatch.setenv("FLOWLAB_HOST", "isle")
    handler = Kept()
    logging.getLogger("node.isle").addHandler(handler)
    yield handler
    logging.getLogger("node.isle").removeHandler(handler)


def run(engine, script, *arguments, **options):
    """What is told of the job."""
    return engine.run(Node(script, *arguments, **options))[0].load()


def said(kept):
    """What the script has printed, as JSON."""
    return json.loads(kept.records[-1].getMessage())


def test_the_job_is_told(engine, kept):
    told = run(engine, PLAIN)
    assert (told["returncode"], told["host"], told["engine"]) == (0, "isle", 0)
    assert told["duration"] > 0
    assert told["usage"]["max_rss"] > 1_000_000
    assert set(told["usage"]) == {"cpu_user", "cpu_system", "max_rss", "read", "written"}
    assert engine.user["returncode"] == 0


def test_arguments_are_text(engine, kept):
    run(engine, PLAIN, 1, "two words", None)
    assert said(kept) == ["1", "two words", "None"]


def test_a_script_with_a_log_has_two_words_before_them(engine, kept):
    run(engine, STRINGS, "a")
    assert said(kept) == ["localhost", "0", "a"]


def test_a_script_that_only_the_host_has_is_looked_up_there(engine, kept, tmp_path):
    script = tmp_path / "mounted.py"
    task = declare_node(["python", str(script)], None, ["a", 1], name="mounted")
    for text, words in ((PLAIN, ["a", "1"]), (STRINGS, ["localhost", "0", "a", "1"])):
        script.write_text(text)
        engine.run(task)
        assert said(kept) == words
    script.write_text(OBJECTS)
    engine.run(task)
    assert said(kept) == [["0", "localhost", "0"], "['a', 1]"]


@pytest.mark.parametrize(("program", "is_ours"), [("python", True), ("/usr/bin/env", False)])
def test_only_our_own_python_is_shown_our_modules(engine, kept, monkeypatch, program, is_ours):
    monkeypatch.setenv("PYTHONPATH", "/theirs")
    words = ["-c", "import os; print('PYTHONPATH=' + os.environ['PYTHONPATH'])"]
    task = declare_node([program], None, words if is_ours else (), name="shows")
    assert engine.run(task)[0].load()["returncode"] == 0
    lines = [one.getMessage() for one in kept.records]
    (path,) = [line for line in lines if line.startswith("PYTHONPATH=")]
    assert (str(engine.place) in path) is is_ours
    assert (path.partition("=")[2] == "/theirs") is not is_ours


def test_objects_come_as_they_are(engine, kept):
    shared = [1]
    run(engine, OBJECTS, {"a": (1, None)}, shared, shared)
    words, values = said(kept)
    assert (words, values) == (["0", "localhost", "0"], "[{'a': (1, None)}, [1], [1]]")


def test_an_object_of_the_graph_is_a_file_to_who_takes_text(engine, kept):
    run(engine, f"{HEAD}print(json.dumps(open(sys.argv[1]).read()))\n", blob("text"))
    assert said(kept) == "text"


def test_an_object_of_the_graph_is_a_value_to_who_takes_objects(engine, kept, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("")
    run(engine, OBJECTS, [blob("text"), blob(b"raw")], blob([1], encode="json"))
    assert said(kept)[1] == "[['text', b'raw'], [1]]"
    run(engine, OBJECTS, directory(tmp_path / "d"))
    assert "input_0" in said(kept)[1]


def test_a_status_is_a_result_unless_one_asks_otherwise(engine):
    assert run(engine, "import sys\nsys.exit(3)")["returncode"] == 3
    assert run(engine, "import os\nos.kill(os.getpid(), 9)")["returncode"] == -9
    with pytest.raises(TaskError, match=r"mine ended with 3"):
        run(engine, "import sys\nsys.exit(3)", check=True, name="mine")


def test_a_traceback_is_warned_line_by_line(engine, kept):
    assert run(engine, "1 / 0\n")["returncode"] == 1
    lines = [(one.levelname, one.getMessage()) for one in kept.records]
    assert lines[0] == ("WARNING", "Traceback (most recent call last):")
    assert lines[-1] == ("WARNING", "ZeroDivisionError: division by zero")


def test_a_program_that_is_not_there_is_told_as_by_a_shell(engine, kept, tmp_path):
    task = declare_node(["no-such-program"], None, (), name="no")
    assert engine.run(task)[0].load()["returncode"] == 127
    (tmp_path / "plain").write_text("")
    task = declare_node([str(tmp_path / "plain")], None, (), name="no")
    assert engine.run(task)[0].load()["returncode"] == 126
    told = [one.getMessage() for one in kept.records]
    assert told == ["no-such-program: command not found", f"{tmp_path}/plain: Permission denied"]


def test_without_outputs_there_is_an_empty_dictionary(engine):
    assert engine.run(Node(PLAIN))[1].load() == {}


def test_a_script_finds_modules_of_its_bundles_and_leaves_no_bytecode(engine, kept, tmp_path):
    (tmp_path / "x.py").write_text(f"{HEAD}import near\nprint(json.dumps(near.WORD))")
    (tmp_path / "near.py").write_text("WORD = 'found'")
    engine.run(Node(tmp_path / "x.py"))
    assert said(kept) == "found"
    assert not list(engine.place.rglob("__pycache__"))


def test_files_of_the_job_directory_are_where_the_words_say(engine, kept, tmp_path):
    root = tmp_path / "job"
    root.mkdir()
    (root / "in").write_text("abc")
    script = f"{HEAD}open(sys.argv[2], 'w').write(open(sys.argv[1]).read() + open('in').read())\n"
    folder = JobFolder(root)
    (tmp_path / "x.py").write_text(script)
    found = read_script(tmp_path / "x.py")
    words = [root / "in", f"{root}/out/new"]
    task = declare_node(["python", found.path], found, words, name="x", folder=folder)
    files = engine.run(task)[2]
    folder.write(files)
    assert (root / "out" / "new").read_text() == "abcabc"
    assert sorted(os.listdir(root)) == ["in", "out"]

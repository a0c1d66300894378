"""A cell as a node script: what is added to it, where it runs, and the table of what came of it."""

import os
import platform
import signal
import threading

import pytest
from IPython.core.error import UsageError as WrongWords

from flowlab.errors import CellError, UsageError
from flowlab.notebook.nodes import NodeResults, complete
from tests.stories.watching import wait_until

CLASS = """from flowlab import NodeScript
class mine(NodeScript):
    def run(self, *args):
        print("hello", *args)
        self.outputs["count"] = len(args)
        return len(args) % 2
"""
HOST = platform.node()


def test_a_class_alone_is_made_to_run():
    made = complete(CLASS, "In [1]")
    assert made.startswith(CLASS)
    assert "sys.exit(mine(*sys.argv[1:3]).run_with_logging(*sys.argv[3:]))" in made
    compile(made, "made", "exec")


@pytest.mark.parametrize("base", ["LOFARnode", "lofarnode.LOFARnodeTCP", "flowlab.NodeScript"])
def test_its_class_is_known_by_its_base(base):
    made = complete(f"import flowlab\nclass mine({base}): pass\nclass other(list): pass", "In [1]")
    assert "sys.exit(mine(" in made


def test_a_class_of_the_cell_may_stand_between():
    made = complete("class Base(NodeScript): pass\nclass mine(Base): pass\nx = 1", "In [1]")
    assert "sys.exit(mine(" in made


@pytest.mark.parametrize(
    "source", ["print(1)", "class mine(list): pass", f"{CLASS}\nmine('h', '0').run_with_logging()"]
)
def test_any_other_script_is_as_it_was_written(source):
    assert complete(source, "In [1]") == f"{source}\n"


@pytest.mark.parametrize(
    ("source", "why"),
    [(" \n", r"In \[1\]: %%node needs a script"), ("\nx = (", r"In \[1\], line 2")],
)
def test_what_is_no_script_is_said(source, why):
    with pytest.raises(CellError, match=why):
        complete(source, "In [1]")


def test_a_cell_runs_on_hosts_and_shows_what_came_of_it(notebook, capsys):
    results = notebook.value(f"%%node {HOST} 0 --args a b\n{CLASS}")
    assert [(row["host"], row["engine"], row["returncode"]) for row in results] == [
        (HOST, 0, 0)
    ] * 2
    assert [row["outputs"] for row in results] == [{"count": 2}] * 2
    assert results.failed == []
    assert not notebook.workspace.session._kept, "what was taken need not stay"
    assert capsys.readouterr().out.count(f"[{HOST}]\nhello a b\n") == 2


def test_without_a_host_it_is_any(notebook):
    results = notebook.value(f"%%node --args one\n{CLASS}")
    assert [row["returncode"] for row in results] == [1]
    assert len(results.failed) == 1


def test_options_may_stand_among_the_arguments(notebook):
    results = notebook.value("%%node --cpus 1 --args --cpus 2\nimport sys\nprint(sys.argv[1:])")
    assert results[0]["said"] == "['--cpus', '2']\n"


def test_a_traceback_counts_lines_as_the_notebook_does(notebook):
    results = notebook.value("%%node\nx = 1\n1 / 0")
    assert 'cell_1.py", line 3, in <module>' in results[0]["said"]


def test_a_host_that_is_not_there_is_refused_with_those_that_are(notebook):
    with pytest.raises(UsageError, match=rf"nowhere only.*known are {HOST} \(engine 0\)"):
        notebook.run(f"%%node {HOST} nowhere\nprint(1)")
    assert notebook.workspace.session.task_count == 0


def test_files_and_limits_are_the_session_s(notebook, tmp_path):
    (tmp_path / "data.txt").write_text("from a file")
    notebook.run(f"import flowlab; data = flowlab.bundle({str(tmp_path / 'data.txt')!r})")
    notebook.run("flowlab.get_active_session().limit('few', 1)")
    results = notebook.value("%%node --bundle data --limit few\nprint(open('data.txt').read())")
    assert results[0]["said"] == "from a file\n"
    with pytest.raises(CellError, match="--bundle nothing: this name stands for no bundle"):
        notebook.run("%%node --bundle nothing\nprint(1)")


def test_its_long_name_does_the_same(notebook):
    assert notebook.value("%%flowlab node --args 1\nprint(1)")[0]["returncode"] == 0
    with pytest.raises(WrongWords, match="a cell can be a task or a node script"):
        notebook.run("%%flowlab nodes\nprint(1)")


def test_the_table_is_text_and_markup_that_nothing_gets_through():
    row = {"host": "a<b", "engine": 1, "returncode": 0, "duration": 1.234, "said": "x"}
    results = NodeResults([{**row, "outputs": {"text": "<script>" + "y" * 100}}])
    header, line = repr(results).splitlines()
    assert header.split() == ["host", "engine", "returncode", "duration", "outputs"]
    assert line.startswith("a<b   1       0           1.23 s    text='<script>yyy")
    assert line.endswith("…")
    assert "<td>a&lt;b</td><td>1</td><td>0</td><td>1.23 s</td>" in results._repr_html_()
    assert "<script>" not in results._repr_html_()


def test_a_job_that_never_ran_says_why():
    row = {"host": "a", "engine": None, "returncode": None, "duration": 0.0, "error": "was lost"}
    results = NodeResults([row])
    assert list(results.said()) == ["[a]\nwas lost"]
    assert results.failed == [row]
    assert results[0:1] == [row]
    assert repr(results).splitlines()[1].split() == ["a", "0.00", "s"]


def test_outputs_that_cannot_be_read_cost_no_table(notebook, tmp_path):
    (tmp_path / "fl_far.py").write_text("class Far: pass\n")
    notebook.run(f"import flowlab; far = flowlab.bundle({str(tmp_path / 'fl_far.py')!r})")
    cell = CLASS.replace("len(args)\n", "__import__('fl_far').Far()\n", 1)
    results = notebook.value(f"%%node --bundle far\n{cell}")
    assert (results[0]["returncode"], results[0]["outputs"]) == (0, {})
    assert "No module named 'fl_far'" in results[0]["error"]
    assert "hello\ndata declared as 'pickle'" in next(results.said())


def test_outputs_that_are_no_dictionary_cost_no_table(notebook):
    sent = "from flowlab.compat.lofar import lofarnode\nlofarnode._send(b'o', b'I7\\n.')"
    results = notebook.value(f"%%node\n{sent}")
    assert (results[0]["returncode"], results[0]["outputs"]) == (0, {})
    assert "int" in results[0]["error"]
    assert len(repr(results).splitlines()) == 2


def test_a_job_that_was_cancelled_has_a_whole_row(notebook, monkeypatch):
    session = notebook.workspace.session
    submit = session.submit

    def cancelling(tasks):
        submit(tasks)
        session.cancel(tasks)

    monkeypatch.setattr(session, "submit", cancelling)
    (row,) = notebook.value("%%node\nimport time\ntime.sleep(100)")
    assert (row["returncode"], row["said"], row["outputs"], row["usage"]) == (None, "", {}, {})
    assert row["error"]


def test_an_interrupt_stops_its_jobs(notebook, tmp_path):
    def interrupt():
        if wait_until(lambda: list(tmp_path.iterdir()), 60):
            os.kill(os.getpid(), signal.SIGINT)

    beside = threading.Thread(target=interrupt, daemon=True)
    beside.start()
    with pytest.raises(KeyboardInterrupt):
        notebook.run(
            f"%%node any any --args {tmp_path}\nimport os, sys, time\n"
            "open(f'{sys.argv[1]}/{os.getpid()}', 'w').close()\ntime.sleep(100)"
        )
    beside.join()
    (only,) = tmp_path.iterdir()
    assert wait_until(lambda: not os.path.exists(f"/proc/{only.name}"), 20)
    assert notebook.workspace.session.settled(20)

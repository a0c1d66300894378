"""What PyMW's documents and tests say of submitting, row by row (M1 to M6)."""
# mirrors: what is submitted to master.py, with its files and modules

import os
import tempfile

import pytest

from flowlab.compat import pymw
from flowlab.errors import TaskError
from tests.compat.pymw.work import helper, null_worker, read_all, uses_helper


def constants(master):
    """The bundles that are constants of the master's session."""
    return master._session._bundled._objects


# --- M1: a group of files is packed once


def test_m1_a_group_of_files_is_one_bundle_however_many_tasks_have_it(master, place):
    for name in ("a", "b"):
        (place / name).write_text(name)
    tasks = [master.submit_task(read_all, ("a", "b"), data_files=("a", "b")) for _ in range(10)]
    tasks += [master.submit_task(read_all, ("b",), data_files=("b", "a"))]  # in any order
    assert [master.get_result(task)[1] for task in tasks] == [["a", "b"]] * 10 + [["b"]]
    assert len(constants(master)) == 1


def test_m1a_a_file_that_was_edited_is_another_bundle(master, place):
    (place / "a").write_text("first")
    first = master.submit_task(read_all, ("a",), data_files=("a",))
    (place / "a").write_text("other")
    second = master.submit_task(read_all, ("a",), data_files=("a",))
    assert [master.get_result(one)[1] for one in (first, second)] == [["first"], ["other"]]
    assert len(constants(master)) == 2


def test_m1a_two_files_of_one_name_are_refused(master, place):
    (place / "d").mkdir()
    for name in ("a", "d/a"):
        (place / name).write_text(name)
    with pytest.raises(pymw.TaskException, match="two data files are called 'a'"):
        master.submit_task(read_all, ("a",), data_files=("a", "d/a"))


# --- M2, M3: the files are where the task runs


def test_m2_m3_files_lie_flat_in_the_working_directory(master, tmp_path):
    paths = []
    for _ in range(10):
        number, path = tempfile.mkstemp(dir=tmp_path)
        os.write(number, b"booga")
        os.close(number)
        paths.append(path)
    names = [os.path.basename(path) for path in paths]
    task = master.submit_task(read_all, tuple(names), data_files=tuple(paths))
    assert master.get_result(task) == (task, ["booga"] * 10)


# --- M4: nothing is left


@pytest.mark.engines
def test_m4_each_task_has_a_directory_of_its_own_that_is_wiped(far, place):
    (place / "a").write_text("a")

    def list_and_leave(number):
        found = sorted(os.listdir())
        with open(f"left{number}", "w") as file:
            file.write("x")
        return found, os.getpid()

    tasks = [far.submit_task(list_and_leave, (n,), data_files=("a",)) for n in range(20)]
    results = [far.get_result(task)[1] for task in tasks]
    assert [found for found, _ in results] == [["a"]] * 20
    assert os.getpid() not in {pid for _, pid in results}


# --- M5: modules go apart from data


@pytest.mark.engines
def test_m5_modules_are_imported_on_the_engine(far, place):
    (place / "fl_sums.py").write_text("import fl_deep\ndef add(a, b): return fl_deep.plus(a, b)")
    (place / "fl_deep.py").write_text("def plus(a, b): return a + b")

    def work(a, b):
        import fl_sums

        return fl_sums.add(a, b), os.listdir()

    task = far.submit_task(work, (1, 2), modules=("fl_sums", "os"))
    assert far.get_result(task)[1] == (3, [])
    (place / "fl_deep.py").write_text("def plus(a, b): return a * 100 + b")
    again = far.submit_task(work, (1, 2), modules=("fl_sums",))
    assert far.get_result(again)[1] == (102, [])


def test_m5_modules_are_known_by_name_without_an_import(master):
    def work():
        return string.digits  # noqa: F821 - named by modules=

    task = master.submit_task(work, modules=("string",))
    assert master.get_result(task)[1] == "0123456789"


def test_m5_a_module_that_is_nowhere_fails_the_task(master):
    task = master.submit_task(null_worker, (1,), modules=("fl_gone",))
    with pytest.raises(TaskError, match="No module named 'fl_gone'"):
        master.get_result(task)


# --- M6: what may be submitted


def test_m6_a_function_with_its_input(master):
    task = master.submit_task(executable=null_worker, input_data=(1,))
    assert master.get_result(task) == (task, 1)
    nothing = master.submit_task(lambda: "no input")
    assert master.get_result(nothing)[1] == "no input"


def test_m6_helpers_are_known_by_name(master):
    own = dict(uses_helper.__globals__)
    task = master.submit_task(uses_helper, (3,), dep_funcs=(helper,))
    assert master.get_result(task)[1] == 8
    renamed = type(uses_helper)(uses_helper.__code__, {"__builtins__": own["__builtins__"]}, "f")
    task = master.submit_task(renamed, (3,), dep_funcs=(helper,))
    assert master.get_result(task)[1] == 8


@pytest.mark.engines
def test_m6_a_function_of_a_file_that_no_engine_has_travels_whole(far, place):
    (place / "fl_work.py").write_text("BASE = 10\ndef plus(n): return BASE + inner(n)\n")
    with (place / "fl_work.py").open("a") as file:
        file.write("def inner(n): return 2 * n\n")
    import fl_work

    task = far.submit_task(fl_work.plus, (1,))
    assert far.get_result(task)[1] == 12


def test_m6_large_input_is_an_object(master):
    large = bytes(300_000)
    task = master.submit_task(null_worker, (large,))
    assert master.get_result(task)[1] == large
    assert len(task.task.inputs) == 1


SCRIPT = """
import pickle, sys
with open(sys.argv[1], "rb") as file:
    given = pickle.load(file)
print("printed")
sys.stderr.write("said")
with open("table") as file:
    result = sum(given), file.read()
with open(sys.argv[2], "wb") as file:
    pickle.dump(result, file)
"""


def test_m6_a_script_gets_its_input_and_gives_its_result_by_files(master, place):
    (place / "d").mkdir()
    (place / "d/work.py").write_text(SCRIPT)
    (place / "table").write_text("t")
    task = master.submit_task("d/work.py", input_data=(1, 2, 3), data_files=("table",))
    assert master.get_result(task) == (task, (6, "t"))
    assert (task._stdout, task._stderr) == ("printed\n", "said")


def test_m6_a_script_that_fails_says_why(master, place):
    (place / "bad.py").write_text("import sys; print('out'); sys.exit('no reason')")
    (place / "mute.py").write_text("")
    bad, mute = master.submit_task("bad.py"), master.submit_task("mute.py")
    with pytest.raises(TaskError, match=r"failed with error 1\n.*no reason"):
        master.get_result(bad)
    assert bad._stdout == "out\n"
    with pytest.raises(TaskError, match="left no result"):
        master.get_result(mute)


def test_m6_a_script_that_is_not_there_is_told_with_the_result(master):
    task = master.submit_task(executable="dead_parrot")
    with pytest.raises(pymw.TaskException, match="there is no script 'dead_parrot'"):
        master.get_result(task)
    assert task.state == task.TASK_ERROR
    assert (task.get_total_time(), task.get_execution_time(), task.get_progress()) == (0, 0, 0)


@pytest.mark.parametrize("executable", [1, None, (null_worker,)])
def test_m6_nothing_else_can_be_executed(master, executable):
    with pytest.raises(pymw.TaskException, match="Executable must be a filename or function"):
        master.submit_task(executable)


def test_m6_input_from_file_is_refused(master):
    with pytest.raises(pymw.TaskException, match="give the files by data_files"):
        master.submit_task(null_worker, (1,), input_from_file=True)

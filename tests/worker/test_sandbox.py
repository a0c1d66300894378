"""The working directory is empty for each task, whatever the one before did."""

import os
import threading

import pytest

from flowlab.worker.sandbox import Sandbox


@pytest.fixture
def sandbox(tmp_path):
    one = Sandbox(tmp_path / "boxes")
    one.enter()
    yield one
    one.leave()
    one.close()


def make_file():
    with open("left", "w") as file:
        file.write("x")


def make_locked_tree():
    os.makedirs("a/b")
    with open("a/b/c", "w") as file:
        file.write("x")
    os.chmod("a/b", 0)


def make_link_outside():
    os.symlink("/usr", "link")


def lock_itself():
    os.chmod(".", 0)


def remove_itself():
    os.rmdir(os.getcwd())


def rename_itself():
    os.rename(os.getcwd(), os.getcwd() + ".moved")


def go_away():
    os.chdir("/")


@pytest.mark.parametrize("deed", [make_file, make_locked_tree, remove_itself])
def test_between_slices_it_is_empty_too(sandbox, deed):
    sandbox.prepare()
    deed()
    sandbox.leave()
    assert os.listdir(sandbox.path) == []
    sandbox.enter()


def test_a_stored_file_with_a_name_here_keeps_its_mode(sandbox, tmp_path):
    stored = tmp_path / "stored"
    stored.write_text("x")
    stored.chmod(0o440)
    sandbox.prepare()
    os.makedirs("a/b")
    os.link(stored, "a/b/c")
    os.chmod("a/b", 0)
    sandbox.empty()
    assert os.listdir(sandbox.path) == []
    assert (stored.stat().st_mode & 0o777, stored.stat().st_nlink) == (0o440, 1)


DEEDS = [make_file, make_locked_tree, make_link_outside, lock_itself, remove_itself, go_away]


@pytest.mark.parametrize("deed", DEEDS)
def test_the_next_task_finds_an_empty_directory(sandbox, deed):
    sandbox.prepare()
    deed()
    sandbox.prepare()
    assert os.listdir() == []
    assert os.path.samefile(".", sandbox.path)
    assert os.stat(".").st_mode & 0o777 == 0o700
    assert os.path.exists("/usr")
    make_file()  # it can be written


def test_a_directory_that_was_not_touched_is_used_again_without_a_wipe(sandbox):
    sandbox.prepare()
    before = os.stat(".")
    sandbox.prepare()
    after = os.stat(".")
    assert (after.st_ino, after.st_ctime_ns, after.st_mtime_ns) == (
        before.st_ino,
        before.st_ctime_ns,
        0,
    )


def test_outside_of_slices_all_is_as_it_was_found(tmp_path):
    one = Sandbox(tmp_path / "boxes")
    mask = os.umask(0o27)
    before = (os.getcwd(), dict(os.environ))
    one.enter()
    one.prepare()
    os.umask(0)
    os.environ["LEFT"] = "1"
    one.leave()
    assert (os.getcwd(), dict(os.environ)) == before
    assert os.umask(mask) == 0o27
    one.close()
    assert os.listdir(tmp_path / "boxes") == []


def test_an_environment_that_was_replaced_comes_back(sandbox):
    whole = os.environ
    os.environ = {"only": "this"}  # noqa: B003
    sandbox.prepare()
    assert os.environ is whole


def test_a_thread_beside_the_notebook_has_a_directory_of_its_own(tmp_path):
    one = Sandbox(tmp_path / "boxes", inline=True)
    here, seen = os.getcwd(), []

    def task():
        one.enter()
        one.prepare()
        os.environ["SET_BY_A_CELL"] = "meanwhile"
        one.prepare()
        seen.append(os.getcwd())
        waiting.set()
        go_on.wait(20)
        one.leave()

    waiting, go_on = threading.Event(), threading.Event()
    thread = threading.Thread(target=task)
    thread.start()
    assert waiting.wait(20)
    assert os.getcwd() == here
    go_on.set()
    thread.join()
    assert seen in ([str(one.path)], [here])  # the latter where threads cannot have their own
    assert os.environ.pop("SET_BY_A_CELL") == "meanwhile"
    one.close()


def test_staged_files_are_removed_when_the_task_has_ended(sandbox):
    path = sandbox.stage()
    path.write_text("x")
    assert sandbox.stage() != path
    sandbox.empty_staged()
    assert os.listdir(sandbox.staged) == []

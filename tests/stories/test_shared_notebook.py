"""The notebook about shared objects, run headless on real engines, counts right."""
# mirrors: notebooks/shared.ipynb

import re

import pytest

from tests.stories.headless import execute, printed


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared")
    return execute("shared.ipynb", folder, TMPDIR=str(folder))


@pytest.mark.engines
@pytest.mark.timeout(400)
def test_all_is_counted(executed):
    assert printed(executed, "counted").splitlines() == [
        "and 8", "bird 4", "cat 4", "dog 4", "the 12",
    ]  # fmt: skip


@pytest.mark.engines
@pytest.mark.timeout(400)
def test_what_was_produced_was_consumed(executed):
    assert "['a', 'b', 'c']" in printed(executed, "received")


@pytest.mark.engines
@pytest.mark.timeout(400)
def test_lines_of_one_task_stand_together(executed):
    told = printed(executed, "logged")
    assert re.fullmatch(r"12 lines; the first two: task (\d) begins \| task \1 ends\n", told), told

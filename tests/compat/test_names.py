"""The names of a front end are there, and none of its modules is loaded before."""

import subprocess
import sys

import pytest

from flowlab.compat import crossflow, pymw


def test_a_name_is_found_in_its_home_once():
    assert crossflow.SubprocessTask is crossflow.tasks.SubprocessTask
    assert pymw.PyMW_Master is pymw.__dict__["PyMW_Master"]
    assert {"Client", "tasks"} <= set(dir(crossflow))


def test_any_other_name_is_an_error_that_says_whose():
    with pytest.raises(
        AttributeError, match=r"module 'flowlab.compat.crossflow' has no attribute 'x'"
    ):
        crossflow.x  # noqa: B018 - to look is enough


def test_a_package_loads_nothing_but_this():
    script = (
        "import sys; import flowlab.compat.crossflow, flowlab.compat.pymw; "
        "print([one for one in sys.modules if one.startswith('flowlab.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "session" not in done.stdout
    assert "staging" not in done.stdout

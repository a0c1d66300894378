"""Which function runs a type of the user's own."""

import pytest

from flowlab.errors import UsageError
from flowlab.graph.types import Function, function_of, is_own, register_type


def test_the_newest_function_of_a_type_runs_it():
    register_type("mill/press", lambda owner: Function("old", b""))
    register_type("mill/press", lambda owner: Function("new", b""))
    assert function_of("mill/press", None).key == "new"
    assert is_own("mill/press")
    assert not is_own("concat")


@pytest.mark.parametrize("name", ["press", "", None, 3])
def test_a_type_has_an_executor_and_a_method(name):
    with pytest.raises(UsageError, match=r"called 'executor/method', not"):
        register_type(name, lambda owner: Function("key", b""))


def test_an_unknown_type_is_refused_with_the_remedy():
    with pytest.raises(UsageError, match=r"Unknown task type 'mill/none'.*@task_type\("):
        function_of("mill/none", None)

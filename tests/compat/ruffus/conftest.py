"""An empty pipeline in an empty directory, and sessions of both clients."""

import pytest

from flowlab.compat.ruffus.steps import clear_pipeline
from tests.compat.ruffus.pipelines import Said


@pytest.fixture(autouse=True)
def place(tmp_path_factory, monkeypatch):
    """The working directory of the test."""
    here = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(here)
    clear_pipeline()
    yield here
    clear_pipeline()


@pytest.fixture
def said():
    """What a pipeline says."""
    return Said()


@pytest.fixture(params=["here", pytest.param("two", marks=pytest.mark.engines)])
def session(request):
    """The active session: of each of them."""
    with request.getfixturevalue(request.param).new_session(on_error="continue") as made:
        yield made


@pytest.fixture
def inline(here):
    """The active session in this process."""
    with here.new_session(on_error="continue") as made:
        yield made

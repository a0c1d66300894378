"""A directory with two files to stand in, and clients: in this process, and with two engines."""

import pytest

from flowlab.compat.crossflow.clients import Client
from flowlab.compat.crossflow.filehandling import set_stage_point


@pytest.fixture(autouse=True)
def place(tmp_path_factory, monkeypatch):
    """The working directory of the test: file1.txt says one, file2.txt says two."""
    here = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(here)
    (here / "file1.txt").write_text("one\n")
    (here / "file2.txt").write_text("two\n")
    yield here
    set_stage_point(None)


@pytest.fixture(scope="session")
def here():
    """A client that runs its tasks in this process."""
    with Client(inline=True) as made:
        yield made


@pytest.fixture(scope="session")
def engines():
    """A client with two engines."""
    with Client(n_workers=2) as made:
        yield made


@pytest.fixture(params=["here", pytest.param("engines", marks=pytest.mark.engines)])
def client(request):
    """Each of them."""
    return request.getfixturevalue(request.param)

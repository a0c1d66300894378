"""An engine that does not fit is named, with what to do."""

import pytest

from flowlab.cluster.preflight import misfit, own_versions
from tests.cluster.peer import hello


def test_an_engine_of_the_same_environment_fits():
    assert misfit(hello("k"), own_versions()) == ""


@pytest.mark.parametrize(
    ("package", "remedy"),
    [
        ("python", "Start the engines with Python"),
        ("cloudpickle", "pip install 'cloudpickle=="),
        ("flowlab", "pip install 'jupyter-flowlab=="),
    ],
)
def test_a_version_that_differs_is_named_with_both_and_the_remedy(package, remedy):
    versions = {**own_versions(), package: "0.0"}
    text = misfit(hello("k", engine=7, versions=versions), own_versions())
    assert "engine 7" in text
    assert "0.0" in text
    assert own_versions()[package] in text
    assert remedy in text


def test_a_missing_package_is_named():
    text = misfit(hello("k", versions={}), {"cloudpickle": "3.1"})
    assert "has cloudpickle none" in text


def test_a_store_that_cannot_be_written_is_named():
    text = misfit(hello("k", store="/dev/shm/x", fault="No space left"), own_versions())
    assert "/dev/shm/x" in text
    assert "No space left" in text

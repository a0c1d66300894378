"""The stage point of this process."""

import pytest

import flowlab
from flowlab.errors import UsageError
from flowlab.staging.chosen import get_stage_point, set_stage_point


@pytest.fixture(autouse=True)
def _none_afterwards():
    yield
    set_stage_point(None)


def test_it_is_set_and_taken_back(tmp_path):
    assert get_stage_point() is None
    flowlab.set_stage_point(tmp_path)
    assert flowlab.get_stage_point() == str(tmp_path)
    set_stage_point("memory://x/")
    assert get_stage_point() == "memory://x"
    set_stage_point(None)
    assert get_stage_point() is None


def test_what_cannot_be_one_leaves_the_one_before(tmp_path):
    set_stage_point(tmp_path)
    with pytest.raises(UsageError):
        set_stage_point("no-such://place")
    assert get_stage_point() == str(tmp_path)


def test_it_need_not_be_there_yet(tmp_path):
    set_stage_point(tmp_path / "later")
    assert not (tmp_path / "later").exists()

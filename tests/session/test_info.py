"""What is known of a task that ended: fixed, but for its debug text."""

import pytest

from flowlab.errors import UsageError
from flowlab.model.attributes import Fixed
from flowlab.session.info import TaskInfo


def test_times_are_told_as_rain_tells_them():
    info = TaskInfo(1_700_000_000.25, 1_700_000_003.7504, engine=2)
    assert info.duration == 3.5
    assert info.start_time == "2023-11-14T22:13:20.250Z"
    assert info.governor == info.engine == 2


def test_in_json_what_is_none_or_empty_is_left_out():
    assert TaskInfo().to_json() == {}
    info = TaskInfo(1_700_000_000, 1_700_000_001, 0, "no", "said", Fixed({"a": [1]}))
    assert info.to_json() == {
        "error": "no", "start_time": "2023-11-14T22:13:20.000Z", "duration": 1.0, "governor": 0,
        "debug": "said", "user": {"a": [1]},
    }  # fmt: skip


def test_debug_grows_and_the_session_is_told_what_was_added():
    told = []
    info = TaskInfo(debug="said", append=told.append)
    info.debug += " more"
    info.debug = info.debug
    assert (info.debug, told) == ("said more", [" more"])


@pytest.mark.parametrize("value", ["other", "", None, 3])
def test_debug_is_not_rewritten(value):
    info = TaskInfo(debug="said", append=print)
    with pytest.raises(UsageError, match=r"appended to, not changed: info\.debug \+= 'text'"):
        info.debug = value
    assert info.debug == "said"


@pytest.mark.parametrize("name", ["error", "user", "began", "engine", "append", "duration", "new"])
def test_everything_else_is_fixed(name):
    with pytest.raises(UsageError, match=rf"info\.{name} is fixed since the task ended"):
        setattr(TaskInfo(), name, "x")


def test_an_info_of_no_session_is_fixed_altogether():
    info = TaskInfo()
    with pytest.raises(UsageError, match="belongs to no session any longer"):
        info.debug += "x"
    assert info.debug == ""

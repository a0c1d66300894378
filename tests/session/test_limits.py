"""Named limits of a session."""

import pytest

from flowlab.errors import UsageError
from flowlab.events.messages import LimitSet
from flowlab.session.limits import Limits
from tests.session.declare import task


class Posted(list):
    """A link that notes what is posted."""

    post = list.append


@pytest.fixture
def posted():
    return Posted()


def test_what_is_said_is_told_once_and_again_when_it_changes(posted):
    limits = Limits(posted, 7)
    limits.set("db", 2, per_host=False)
    limits.set("db", 2, per_host=False)
    limits.set("db", 3, per_host=False)
    limits.set("db", 3, per_host=True)
    assert posted == [
        LimitSet(7, "db", 2),
        LimitSet(7, "db", 3),
        LimitSet(7, "db", 3, per_host=True),
    ]


@pytest.mark.parametrize("count", [0, -1, 1.5, "2", True, None])
def test_a_count_is_a_whole_number(posted, count):
    with pytest.raises(UsageError, match=r"limit\('db', .*whole number, at least 1"):
        Limits(posted, 7).set("db", count, per_host=False)
    assert not posted


@pytest.mark.parametrize("name", ["", None, 3])
def test_a_limit_has_a_name(posted, name):
    with pytest.raises(UsageError, match="a limit has a name"):
        Limits(posted, 7).set(name, 2, per_host=False)


def test_a_limit_that_nobody_set_is_refused_where_the_task_is_declared(session):
    with pytest.raises(UsageError, match=r"does not know \(known: none yet\).*session.limit\('db'"):
        task(session, limit="db")
    session.limit("db", 2)
    assert task(session, limit="db").resources.limits == ("db",)
    with pytest.raises(UsageError, match=r"known: 'db'"):
        task(session, limit=["db", "disk"])
    assert session.task_count == 1

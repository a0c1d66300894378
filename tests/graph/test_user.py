"""A `user` dictionary that is made when somebody looks at it."""

import pytest

from flowlab.errors import UsageError
from flowlab.graph.user import HasUser


def test_the_dictionary_is_made_when_it_is_looked_at():
    thing = HasUser()
    assert thing.said == {}
    with pytest.raises(UsageError, match="is fixed"):
        thing.said["note"] = 1  # it may be everybody's
    thing.user["note"] = 1
    assert thing.said is thing.user
    assert thing.said == {"note": 1}
    assert HasUser().said == {}


@pytest.mark.parametrize("said", [{}, {"note": 1}])
def test_it_is_fixed_once_it_was_submitted(said):
    thing = HasUser()
    thing.user.update(said)
    held = thing.user
    thing.seal("unfinished")
    held["later"] = 2
    assert (thing.submitted, thing.state, thing.user, thing.said) == (
        True,
        "unfinished",
        said,
        said,
    )
    with pytest.raises(UsageError, match="is fixed"):
        thing.user["more"] = 1

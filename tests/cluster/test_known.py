"""Where an object is, and who may read it there."""

import pytest

from flowlab.cluster.known import Deposits, Known
from flowlab.model.ids import HostId, ObjectId
from flowlab.model.payload import Located, Staged, Stored

B, C = HostId("b"), HostId("c")
X, Y = ObjectId(1), ObjectId(2)
STAGED = Staged("point/digest", 5, "digest")


def test_what_its_maker_left_is_in_that_host_s_store_alone():
    known = Known(Stored(B, "/x", 5))
    assert known.files == {B: Stored(B, "/x", 5)}
    assert (known.source_for(C), known.outlasts) == (None, False)


def test_what_lies_at_a_stage_point_all_may_read():
    ours = Known(Stored(B, "/x", 5), staged=STAGED, deposits={STAGED.url})
    for known in (Known(STAGED), ours):
        assert (known.source_for(B), known.source_for(C)) == (STAGED, STAGED)
        assert known.outlasts


@pytest.mark.parametrize(("host", "readers"), [("", {B, C}), ("b", {B}), ("d", set())])
def test_where_its_owner_keeps_it_those_may_read_who_can(host, readers):
    known = Known(Located("url", HostId(host)))
    assert {one for one in (B, C) if known.source_for(one)} == readers
    known.unreadable.add(B)
    assert {one for one in (B, C) if known.source_for(one)} == readers - {B}
    assert known.outlasts


def test_a_deposit_goes_when_the_last_object_that_uses_it_does():
    deposits = Deposits()
    deposits.add("url", X)
    deposits.add("url", Y)
    deposits.discard("url", X)
    assert deposits.is_used("url")
    deposits.discard("url", Y)
    assert not deposits.is_used("url")
    assert not deposits.is_used("other")

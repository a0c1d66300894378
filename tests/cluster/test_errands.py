"""What is under way: each errand is itself, however much another one looks like it."""

from flowlab.cluster.errands import Depositing, End, Loading, Transfer
from flowlab.model.ids import EngineId, HostId, ObjectId
from flowlab.model.limits import UNDER_WAY
from flowlab.model.payload import Staged, Stored

B = HostId("b")
DESCRIBED = (1, ObjectId(1), "label", B)


def test_two_errands_with_the_same_words_are_two():
    end = End(EngineId(1), B)
    file, staged = Stored(B, "/x", 5), Staged("url", 5, "digest")
    for make in (
        lambda: Transfer(*DESCRIBED, file, end, end),
        lambda: Depositing(*DESCRIBED, end),
        lambda: Loading(*DESCRIBED, staged, end),
        lambda: End(EngineId(1), B),
    ):
        assert make() != make()


def test_nothing_is_under_way_at_first():
    end = End(None, B)
    assert (end.reading, end.writing, end.credits) == (0, 0, UNDER_WAY)
    transfer = Transfer(*DESCRIBED, Stored(B, "/x", 5), end, End(None, B))
    assert (transfer.asked, transfer.opened, transfer.over) == (0, False, False)
    assert transfer.due is not Transfer(*DESCRIBED, transfer.file, end, end).due

"""What of a shared object may be used."""

import pytest

from flowlab.errors import UsageError
from flowlab.shared.referent import VALUE, Referent
from flowlab.shared.wire import decode, encode


class Account:
    bank = "ours"

    def __init__(self, balance=0):
        self.balance = balance

    def pay(self, amount):
        self.balance += amount
        return self

    def secret(self):
        return 1234

    def __len__(self):
        return self.balance


def referent(exposed=None, thing=None):
    return Referent(thing or Account(5), "Account", "mine", exposed)


def test_public_methods_are_exposed_when_nobody_says():
    assert referent().methods == ("pay", "secret", "__len__")
    assert referent().fields == ()


def test_only_what_is_exposed_can_be_called():
    one = referent(("pay", "balance"))
    assert (one.methods, one.fields) == (("pay",), ("balance",))
    one.call("pay", (3,), {})
    assert one.call("balance", (), {}) == 8
    with pytest.raises(UsageError) as told:
        one.call("secret", (), {})
    assert str(told.value) == (
        "<shared Account 'mine'> does not expose 'secret'; exposed are: balance, pay"
    )


@pytest.mark.parametrize("name", ["__class__", "__reduce__", "_private", "__dict__"])
def test_nothing_else_is_a_way_in(name):
    with pytest.raises(UsageError, match="does not expose"):
        referent().call(name, (), {})


def test_what_is_not_there_cannot_be_exposed():
    with pytest.raises(UsageError, match="a Account, has nothing of this name"):
        referent(("transfer",))


def test_an_iteration_is_over_what_there_was():
    assert referent(thing=[1, 2]).call("__iter__", (), {}) == [1, 2]


def test_the_whole_object_can_be_asked_for():
    asked = referent(thing=[1, 2]).call(VALUE, (), {})
    assert decode(encode(asked)) == [1, 2]


def test_it_is_made_of_what_travelled():
    given = encode(((7,), {}))
    one = Referent.make("Account", encode(Account), given, ["balance"], "")
    assert one.call("balance", (), {}) == 7
    ready = Referent.make("list", b"", encode((([1],), {})), None, "")
    assert "append" in ready.methods


class Lazy:
    """What its property does is done when somebody asks for it."""

    @property
    def ready(self):
        raise RuntimeError("not yet")

    @classmethod
    def make(cls):
        return "made"

    def reference(self):
        return "its own"


def test_properties_are_not_looked_at():
    assert referent(thing=Lazy()).methods == ("make", "reference")
    assert referent(("ready",), Lazy()).fields == ("ready",)

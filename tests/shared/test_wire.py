"""What is said on a line: by value, and an answer whatever happens."""

import pickle

import pytest

from flowlab.errors import SharedObjectError
from flowlab.shared.wire import (
    ERROR,
    RETURN,
    Holder,
    Request,
    decode,
    encode,
    encode_reply,
    told_error,
)


class Picky(Exception):
    """Can be pickled, and not be made again."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def test_a_request_comes_back():
    request = Request("7", "get", (1, [2]), {"a": 3})
    assert Request(*decode(encode(tuple(request)))) == request


def test_what_was_defined_on_the_spot_travels():
    assert decode(encode(lambda number: number + 1))(1) == 2


@pytest.mark.parametrize("view", [{}.keys(), {1: 2}.values(), {1: 2}.items()])
def test_views_of_a_dict_arrive_as_lists(view):
    assert decode(encode_reply(RETURN, view)) == (RETURN, list(view))


def test_a_value_that_cannot_be_pickled_is_an_error_that_says_so():
    kind, (error, _) = decode(encode_reply(RETURN, (each for each in "ab")))
    assert kind == ERROR
    assert isinstance(error, SharedObjectError)
    assert "a generator, cannot be pickled" in str(error)


def test_an_exception_that_cannot_be_made_again_arrives_as_its_text():
    with pytest.raises(TypeError):
        pickle.loads(pickle.dumps(Picky(1, 2)))
    _, (error, frames) = decode(encode_reply(ERROR, (Picky(1, 2), "where")))
    assert (str(error), frames) == ("Picky: 1 and 2", "where")


def test_an_exception_travels_without_its_frames():
    try:
        raise KeyError("a")
    except KeyError as raised:
        error, _ = told_error(raised)
    assert error.__traceback__ is None
    assert decode(encode_reply(ERROR, (error, "")))[1][0].args == ("a",)


@pytest.mark.parametrize(
    ("holder", "words"),
    [
        (Holder(), "the notebook"),
        (Holder(2), "engine 2"),
        (Holder(2, "task 'a' (1, 5)"), "task 'a' (1, 5) on engine 2"),
    ],
)
def test_a_holder_says_who_it_is(holder, words):
    assert str(holder) == words

"""Maps cut into chunks: every call is in one, and arguments are what the builtin would pair."""

import itertools
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from flowlab.errors import UsageError, WrongKind
from flowlab.tasks.arguments import unpack
from flowlab.tasks.chunks import CHUNKS, choose_size, pack_columns, spans, take_columns
from flowlab.tasks.objects import blob, pickled

counts = some.integers(0, 3_000)


@given(counts, some.integers(1, 200))
def test_chunks_hold_each_call_once_in_order(calls, size):
    found = spans(calls, size)
    assert list(itertools.chain(*found)) == list(range(calls))
    assert all(len(each) == size for each in found[:-1])
    assert all(found)


@given(some.integers(0, 10**7), some.integers(0, 500))
def test_there_are_enough_chunks_for_all_engines_and_never_more_than_that(calls, engines):
    size = choose_size(calls, engines)
    wanted = CHUNKS * max(1, engines)
    assert len(range(0, calls, size)) <= wanted
    if size > 1:
        # one call less in each would be too many: so who is last holds nobody up for long
        assert len(range(0, calls, size - 1)) > wanted
        assert size <= 1 + calls / wanted


def test_few_calls_have_a_chunk_each():
    assert choose_size(2 * CHUNKS, 2) == 1
    assert choose_size(2 * CHUNKS + 1, 2) == 2


iterables = some.lists(
    some.one_of(
        some.lists(some.integers(), max_size=9),
        some.text(max_size=9),
        some.binary(max_size=9),
        some.integers(0, 9).map(range),
        some.lists(some.floats(allow_nan=False), max_size=9).map(tuple),
    ),
    min_size=1,
    max_size=4,
)


@given(iterables, some.data())
def test_arguments_are_paired_as_by_the_builtin(given_iterables, data):
    as_iterators = [data.draw(some.booleans()) for _ in given_iterables]
    mine = [
        iter(each) if loose else each
        for each, loose in zip(given_iterables, as_iterators, strict=True)
    ]
    columns, calls = take_columns(mine)
    rows = list(zip(*(column[:calls] for column in columns), strict=True))
    assert rows == list(zip(*given_iterables, strict=False))


def test_what_can_be_cut_stays_as_it_is():
    numbers, array = range(10**9), np.arange(6).reshape(3, 2)
    columns, calls = take_columns([numbers, array])
    assert columns[0] is numbers
    assert columns[1] is array
    assert calls == 3


def test_iterators_are_consumed_once_and_no_further_than_needed():
    endless = itertools.count()
    columns, calls = take_columns([endless, "abc", itertools.repeat("x")])
    assert (columns[0], columns[2], calls) == ([0, 1, 2], ["x", "x", "x"], 3)
    assert next(endless) == 3


def test_sets_and_mappings_are_iterated():
    assert take_columns([{"a": 1}, {5}]) == ([["a"], [5]], 1)


def test_a_class_derived_from_list_is_iterated_in_its_own_way():
    class Twice(list):
        def __iter__(self):
            return (2 * each for each in super().__iter__())

    assert take_columns([Twice([1, 2])]) == ([[2, 4]], 2)


@pytest.mark.parametrize("wrong", [5, None, np.array(3)])
def test_what_cannot_be_iterated_is_named(wrong):
    with pytest.raises(WrongKind, match=r"argument 2 is .*; .*itertools\.repeat"):
        take_columns([[1], wrong])


def test_a_range_and_an_array_travel_in_a_few_bytes():
    assert len(pack_columns((range(10**6),), 0).data) < 100
    array = np.zeros(10**6)[500:600]
    assert len(pack_columns((array,), 0).data) < 100 * 8 + 300


def test_plain_columns_are_one_pickle():
    columns = ([1, "a"], range(2), (None, [3]))
    packed = pack_columns(columns, 0)
    assert pickle.loads(packed.data) == columns
    assert packed.found == []


def test_a_large_array_is_left_for_the_store():
    columns = (np.zeros(10**5), range(10**5))
    packed = pack_columns(columns, 0)
    assert packed.data is None
    assert packed.columns is columns


def test_an_array_of_values_is_pickled_as_these_may_be_anything():
    values = np.array([blob("x")] * 20_000, dtype=object)
    packed = pack_columns((values,), 0)
    assert len(packed.found[0]) == 1
    assert packed.data is not None


def test_an_object_stands_once_in_a_column_however_many_calls_read_it():
    one, two = blob("1"), pickled(2)
    packed = pack_columns(([one] * 50, [[two, one]] * 50), 0)
    assert packed.found == [[one], [two, one]]
    first, second = unpack(packed.data, ["a", "b", "c"])
    assert first == ["a"] * 50
    assert second == [["b", "c"]] * 50


def test_functions_and_generators_travel():
    packed = pack_columns(([lambda: 5], [(n for n in range(3))]), 0)
    (function,), (numbers,) = unpack(packed.data, []) if packed.found else pickle.loads(packed.data)
    assert (function(), list(numbers)) == (5, [0, 1, 2])


def test_what_cannot_travel_is_named_with_its_call():
    with pytest.raises(UsageError, match=r"argument 2 of call 101 \(lock\) cannot be pickled"):
        pack_columns(([1, 2], [3, threading.Lock()]), 100)

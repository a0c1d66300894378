"""A labeled list is a list whose items can be asked for by label, too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.model.labels import LabeledList


@pytest.fixture
def items():
    return LabeledList(pairs=[("a", 10), (None, 20), ("c", 30)])


def test_items_by_index_slice_and_label(items):
    assert (items[0], items[-1], items["a"], items["c"]) == (10, 30, 10, 30)
    assert items[1:] == [20, 30]
    assert list(items) == [10, 20, 30]
    assert len(items) == 3


def test_in_asks_for_labels(items):
    assert "a" in items
    assert 10 not in items
    assert "b" not in items


def test_three_ways_to_make_one():
    assert LabeledList([1, 2], ["a", None]) == LabeledList(pairs=[("a", 1), (None, 2)])
    assert LabeledList([1, 2]).labels() == [None, None]
    assert len(LabeledList()) == 0
    assert LabeledList(iter([1, 2]), iter(["a", "b"]))["b"] == 2


def test_every_item_needs_its_label():
    with pytest.raises(ValueError, match="2 items need as many labels, not 1"):
        LabeledList([1, 2], ["a"])


def test_labels_and_pairs(items):
    assert items.labels() == ["a", None, "c"]
    assert list(items.items()) == [("a", 10), (None, 20), ("c", 30)]
    assert (items.get_label(0), items.get_label(1)) == ("a", None)


def test_the_labels_given_out_are_a_copy(items):
    items.labels().append("x")
    assert len(items.labels()) == 3


def test_get_has_a_default(items):
    assert items.get("a") == items.get(0) == 10
    assert items.get("z") is None
    assert items.get(9, 7) == items.get("z", 7) == 7


def test_a_missing_label_or_index_is_an_error(items):
    with pytest.raises(KeyError, match="'z'"):
        items["z"]
    with pytest.raises(IndexError):
        items[3]
    with pytest.raises(KeyError):
        items["z"] = 1
    with pytest.raises(KeyError):
        del items["z"]


@pytest.mark.parametrize("index", [None, 1.5, (1,), b"a"])
def test_an_index_of_another_type_is_an_error(items, index):
    with pytest.raises(TypeError, match="a number or a label"):
        items[index]


def test_append_and_insert(items):
    items.append(40, "d")
    items.insert(0, 5, "first")
    assert list(items) == [5, 10, 20, 30, 40]
    assert items.labels() == ["first", "a", None, "c", "d"]


@pytest.mark.parametrize(
    "change",
    [
        lambda items: items.append(1, "a"),
        lambda items: items.insert(0, 1, "a"),
        lambda items: items.set(1, 1, "a"),
        lambda items: items.set_label(1, "a"),
    ],
    ids=["append", "insert", "set", "set_label"],
)
def test_no_label_stands_twice_and_nothing_changes_then(items, change):
    with pytest.raises(KeyError, match="Label 'a' already present"):
        change(items)
    assert list(items.items()) == [("a", 10), (None, 20), ("c", 30)]


@pytest.mark.parametrize(
    "change",
    [
        lambda items: items.append(1, 5),
        lambda items: items.insert(0, 1, b"x"),
        lambda items: items.set(1, 1, 5),
        lambda items: items.set_label(1, 5),
        lambda items: LabeledList([1], [5]),
    ],
    ids=["append", "insert", "set", "set_label", "new"],
)
def test_a_label_is_a_string(items, change):
    with pytest.raises(TypeError, match="a label is a string"):
        change(items)


def test_set_replaces_item_and_label(items):
    items.set("a", 11, "b")
    assert (items["b"], "a" in items) == (11, False)
    items.set(0, 12, "b")
    assert items["b"] == 12
    items["b"] = 13
    assert (items[0], items.get_label(0)) == (13, None)


def test_set_label_may_say_the_same_again(items):
    items.set_label(0, "a")
    items.set_label(0, "z")
    items.set_label(2, None)
    assert items.labels() == ["z", None, None]


def test_the_last_item_keeps_its_label_when_it_is_set_from_the_end(items):
    items.set_label(-1, "c")
    items.set(-1, 31, "c")
    assert list(items.items()) == [("a", 10), (None, 20), ("c", 31)]


def test_delete_by_index_and_label(items):
    del items["a"]
    del items[0]
    assert list(items.items()) == [("c", 30)]


def test_it_does_what_a_list_does(items):
    items.extend([40, 50])
    items += [60]
    assert (items.pop(), items.pop("c"), items.pop(0)) == (60, 30, 10)
    items.remove(40)
    assert list(items.items()) == [(None, 20), (None, 50)]
    items.insert(0, 10, "a")
    items.reverse()
    assert list(items.items()) == [(None, 50), (None, 20), ("a", 10)]
    assert (items.index(20), items.count(50), list(reversed(items))) == (1, 1, [10, 20, 50])
    items.clear()
    assert items == LabeledList()


def test_a_slice_is_replaced_and_deleted(items):
    items[1:] = (number for number in (7, 8, 9))
    assert list(items.items()) == [("a", 10), (None, 7), (None, 8), (None, 9)]
    del items[:2]
    assert list(items) == [8, 9]


def test_a_list_made_of_another_one_has_its_labels(items):
    copy = LabeledList(items)
    assert copy == items
    copy.set_label(0, "other")
    assert items.get_label(0) == "a"
    assert LabeledList(items, [None, None, "z"]).labels() == [None, None, "z"]


def test_equal_are_items_and_labels(items):
    assert items == LabeledList([10, 20, 30], ["a", None, "c"])
    assert items != LabeledList([10, 20, 30])
    assert items != [10, 20, 30]


def test_it_changes_and_has_no_hash(items):
    with pytest.raises(TypeError):
        hash(items)


def test_it_shows_its_labels(items):
    assert repr(items) == "LabeledList([a=10, 20, c=30])"


LABELS = st.none() | st.sampled_from("abc")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["append", "insert", "set", "label", "del"]), LABELS, st.integers(-4, 4)
    )
)


@given(STEPS)
def test_it_behaves_as_a_list_of_pairs(steps):
    found, model = LabeledList(), []
    for number, (step, label, place) in enumerate(steps):
        taken = label is not None and label in [each for each, _ in model]
        if step in ("set", "label", "del") and not -len(model) <= place < len(model):
            continue
        if step in ("set", "label") and taken:
            taken = model[place][0] != label
        if taken and step != "del":
            continue
        if step == "append":
            found.append(number, label)
            model.append((label, number))
        elif step == "insert":
            found.insert(place, number, label)
            model.insert(place, (label, number))
        elif step == "set":
            found.set(place, number, label)
            model[place] = (label, number)
        elif step == "label":
            found.set_label(place, label)
            model[place] = (label, model[place][1])
        else:
            del found[place]
            del model[place]
        assert list(found.items()) == model

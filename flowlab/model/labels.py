"""A list whose items may have labels, as Rain's users know it: `task.outputs["log"]`."""

from collections.abc import Iterable, Iterator, MutableSequence
from typing import TypeVar, cast, overload

T = TypeVar("T")


class LabeledList(MutableSequence[T]):
    """Items by index, slice or label; `in` asks for labels.

    It does all that a list does but `sort`. An item that is put in another's place has no label;
    a list made of a labeled one has its labels.
    Raises KeyError for a label that is missing or would stand twice, TypeError for a label that is
    no string.
    """

    __slots__ = ("_items", "_labels")

    def __init__(
        self,
        items: Iterable[T] = (),
        labels: Iterable[str | None] | None = None,
        pairs: Iterable[tuple[str | None, T]] | None = None,
    ) -> None:
        self._items: list[T] = []
        # None: none has a label. A tuple is one less for the garbage collector to look after
        self._labels: list[str | None] | tuple[str | None, ...] | None = None
        if pairs is not None:
            self._append_all(list(pairs))
            return
        if isinstance(items, LabeledList) and labels is None:
            labels = items.labels()
        if labels is None:
            self._items += items
            return
        items, names = list(items), list(labels)
        if len(names) != len(items):
            raise ValueError(f"{len(items)} items need as many labels, not {len(names)}")
        for item, label in zip(items, names, strict=True):
            self.append(item, label)

    def _append_all(self, pairs: list[tuple[str | None, T]]) -> None:
        if len(pairs) == 1 and type(pairs[0][0]) is str:  # as the outputs of most tasks
            label, item = pairs[0]
            self._items, self._labels = [item], (label,)
            return
        for label, item in pairs:
            self.append(item, label)

    def append(self, item: T, label: str | None = None) -> None:
        """Add an item at the end."""
        if label is not None:
            self._check_new(label)
            self._named().append(label)
        elif self._labels is not None:
            self._named().append(None)
        self._items.append(item)

    def insert(self, index: int, item: T, label: str | None = None) -> None:
        """Add an item before `index`."""
        self._check_new(label)
        self._named().insert(index, label)
        self._items.insert(index, item)

    def set(self, index: int | str, item: T, label: str | None = None) -> None:
        """Replace an item and its label."""
        place = self._place(index)
        self._check_new(label, but=place)
        self._named()[place] = label
        self._items[place] = item

    def set_label(self, index: int, label: str | None) -> None:
        """Give an item another label."""
        place = self._place(index)
        self._check_new(label, but=place)
        self._named()[place] = label

    def get_label(self, index: int) -> str | None:
        """The label of an item, or None."""
        return self.labels()[index]

    @property
    def is_labeled(self) -> bool:
        """Whether any item has a label."""
        return self._labels is not None and any(self._labels)

    def items(self) -> Iterator[tuple[str | None, T]]:
        """Pairs of label and item."""
        return zip(self.labels(), self._items, strict=True)

    def labels(self) -> list[str | None]:
        """The labels in order."""
        return [None] * len(self._items) if self._labels is None else list(self._labels)

    def get(self, index: int | str, default: T | None = None) -> T | None:
        """The item, or the default when there is none."""
        try:
            return self._items[self._place(index)]
        except (KeyError, IndexError):
            return default

    @overload
    def __getitem__(self, index: int | str) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | str | slice) -> T | list[T]:
        if isinstance(index, int | slice):
            return self._items[index]
        return self._items[self._place(index)]

    @overload
    def __setitem__(self, index: int | str, item: T) -> None: ...
    @overload
    def __setitem__(self, index: slice, item: Iterable[T]) -> None: ...
    def __setitem__(self, index: int | str | slice, item: T | Iterable[T]) -> None:
        if not isinstance(index, slice):
            self.set(index, cast("T", item))
            return
        fresh = list(cast("Iterable[T]", item))
        self._named()[index] = [None] * len(fresh)
        self._items[index] = fresh

    def __delitem__(self, index: int | str | slice) -> None:
        place = index if isinstance(index, slice) else self._place(index)
        del self._named()[place], self._items[place]

    def reverse(self) -> None:
        """Turn the order round; each item keeps its label."""
        self._named().reverse()
        self._items.reverse()

    def __contains__(self, label: object) -> bool:
        return label in self.labels()

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LabeledList):
            return NotImplemented
        return self._items == other._items and self.labels() == other.labels()

    __hash__ = None  # type: ignore[assignment]  # a list that changes has no hash

    def __repr__(self) -> str:
        shown = (f"{label}={item!r}" if label else repr(item) for label, item in self.items())
        return f"LabeledList([{', '.join(shown)}])"

    def _place(self, index: int | str) -> int:
        if isinstance(index, int):
            # One from the end becomes one from the start, so that an item is told from the others.
            return index + len(self) if -len(self) <= index < 0 else index
        if not isinstance(index, str):
            raise TypeError(f"an index is a number or a label, not {index!r}")
        try:
            return self.labels().index(index)
        except ValueError:
            raise KeyError(f"no item has the label {index!r}") from None

    def _check_new(self, label: str | None, but: int | None = None) -> None:
        if label is None:
            return
        if not isinstance(label, str):
            raise TypeError(f"a label is a string, not {label!r}")
        if self._labels and label in self._labels and self._labels.index(label) != but:
            raise KeyError(f"Label {label!r} already present.")

    def _named(self) -> list[str | None]:
        """The labels, to be changed together with the items."""
        named = self._labels
        if not isinstance(named, list):
            named = self._labels = self.labels()
        return named

"""The calls of a map, cut into chunks: how many calls each has, and its arguments as bytes.

Pure. A chunk's arguments are pickled at once, as columns: a piece of each iterable. What a `range`
or an array says in a few bytes stays a `range` or an array.
"""

import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from types import GeneratorType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from flowlab.errors import ContentTypeError, UsageError, WrongKind
from flowlab.graph.given import shorten
from flowlab.graph.nodes import DataObject, Task, to_dataobj
from flowlab.graph.owner import Owner
from flowlab.model.limits import INLINE_OBJECT
from flowlab.staging.encoding import encode
from flowlab.tasks.pickling import TaskPickler, may_share

CHUNKS = 32  # an engine: who ends last holds the others up by a 32nd of the work at most

_gave: "WeakKeyDictionary[GeneratorType[Any, Any, Any], list[Any]]" = WeakKeyDictionary()
_CUT = (range, list, tuple, str, bytes)  # no classes derived from these: they may iterate otherwise


def choose_size(calls: int, engines: int) -> int:
    """Calls in a chunk: one while they are few, then as many as make `CHUNKS` chunks an engine."""
    return max(1, -(-calls // (CHUNKS * max(1, engines))))


def spans(calls: int, size: int) -> list[range]:
    """The calls of each chunk, in order."""
    return [range(start, min(start + size, calls)) for start in range(0, calls, size)]


def take_columns(
    iterables: Sequence[Iterable[Any]], sliced: tuple[type, ...] = ()
) -> tuple[list[Any], int]:
    """Each iterable as a sequence that can be cut, and the number of calls that they make.

    The shortest one ends it, as with the builtin `map`. Iterators are consumed, no further than
    needed; generators without end are for a map with something that ends it.

    sliced  further types whose slices stand for what they give
    """
    arrays = (*sliced, *_arrays())
    fixed = [type(each) in _CUT or _is_array(each, arrays) for each in iterables]
    lengths = [len(each) for each, cut in zip(iterables, fixed, strict=True) if cut]  # type: ignore[arg-type]  # all that can be cut have one
    loose = [
        _iterator(each, number)
        for number, (each, cut) in enumerate(zip(iterables, fixed, strict=True), 1)
        if not cut
    ]
    taken = iter(_take(loose, min(lengths, default=None)))
    columns: list[Any]
    columns = [each if cut else next(taken) for each, cut in zip(iterables, fixed, strict=True)]
    return columns, min(len(column) for column in columns)


def _is_array(thing: Any, arrays: tuple[type, ...]) -> bool:
    return isinstance(thing, arrays) and getattr(thing, "ndim", 1) > 0


def _arrays() -> tuple[type, ...]:
    """Arrays of numpy, if anybody has made one."""
    numpy = sys.modules.get("numpy")
    return (numpy.ndarray,) if numpy is not None else ()


def _iterator(thing: Any, number: int) -> Iterator[Any]:
    try:
        return iter(thing)
    except TypeError:
        raise WrongKind(
            f"map takes iterables, and argument {number} is {shorten(thing)}; for the same value "
            "in each call give itertools.repeat(value)"
        ) from None


def _take(iterators: Sequence[Iterator[Any]], most: int | None) -> list[list[Any]]:
    """What these give side by side, until one of them ends."""
    if len(iterators) == 1:
        return [list(islice(iterators[0], most))]
    rows = list(islice(zip(*iterators, strict=False), most))
    return [[row[place] for row in rows] for place in range(len(iterators))]


class Packed(NamedTuple):
    """The arguments of a chunk.

    columns  a piece of each iterable
    data     their pickle, or None: they are large arrays, to be written down once, in the store
    found    the objects that stand in each column, each of them once; then `data` is a pickle of
             each column, one after the other (arguments.unpack). Empty when it is one of them all
    shared   references to the shared objects in them
    """

    columns: tuple[Any, ...]
    data: bytes | None
    found: list[list[DataObject]]
    shared: Sequence[Any] = ()


def pack_columns(columns: tuple[Any, ...], first: int, owner: Owner | None = None) -> Packed:
    """Pickle the arguments of one chunk; UsageError names the call whose argument cannot travel.

    first  number of the first call
    """
    if any(_is_large(column) for column in columns) and all(map(_is_plain, columns)):
        return Packed(columns, None, [])
    try:
        data = encode(columns, "pickle")
        if not may_share(data):
            return Packed(columns, data, [])
    except ContentTypeError:
        pass  # there are objects in it, or what cannot travel
    try:
        return _pack_whole(columns, owner)
    except UsageError:
        raise
    except Exception as error:  # an argument's own __reduce__ may raise anything
        raise UsageError(
            f"{_find_culprit(columns, first)} cannot be pickled: {type(error).__name__}: {error}; "
            "make it inside the function, or pass plain data"
        ) from error


def _is_large(column: Any) -> bool:
    return bool(getattr(column, "nbytes", 0) > INLINE_OBJECT)


def _is_plain(column: Any) -> bool:
    """Whether it holds numbers, whatever is in it."""
    return isinstance(column, range) or not getattr(getattr(column, "dtype", None), "hasobject", 1)


def _pack_whole(columns: tuple[Any, ...], owner: Owner | None = None) -> Packed:
    buffer = io.BytesIO()
    pickler = _Pickler(buffer, owner)
    found = []
    for column in columns:
        pickler.begin_column()
        pickler.dump(column)
        found.append(list(pickler.places))
    return Packed(columns, buffer.getvalue(), found, pickler.shared)


class _Pickler(TaskPickler):
    """Puts the number of an input in the place of an object, the same one within a column."""

    def __init__(self, file: io.BytesIO, owner: Owner | None) -> None:
        super().__init__(file, owner)
        self.places: dict[DataObject, int] = {}
        self._first = 0

    def begin_column(self) -> None:
        """From now on objects belong to the next column."""
        self._first += len(self.places)
        self.places = {}

    def persistent_id(self, thing: Any) -> int | None:
        if not isinstance(thing, DataObject | Task):
            return None
        return self.places.setdefault(to_dataobj(thing), self._first + len(self.places))

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, GeneratorType):
            return iter, (_taken(thing),)
        return super().reducer_override(thing)


def _taken(generator: "GeneratorType[Any, Any, Any]") -> list[Any]:
    """What it gives, however often it is packed."""
    if generator not in _gave:
        _gave[generator] = list(generator)
    return _gave[generator]


def _find_culprit(columns: Sequence[Any], first: int) -> str:
    for number, column in enumerate(columns, 1):
        for place, value in enumerate(column):
            try:
                _pack_whole((value,))
            except Exception:  # noqa: BLE001 - see pack_columns
                return f"argument {number} of call {first + place} ({type(value).__name__})"
    return "an argument"

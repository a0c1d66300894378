"""`flowlab.map`: one function and many arguments, as one node of the graph.

Its calls are cut into chunks, each an ordinary task of this kind: so failures, cancelling, lost
engines and lineage are as with any task, and nothing is kept or sent for a single call. All chunks
are named `name/first-last`; the view draws them as one.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from types import FunctionType
from typing import Any

import msgspec

from flowlab.errors import UsageError, WrongKind
from flowlab.graph.active import active_session
from flowlab.graph.given import check_name, shorten
from flowlab.graph.nodes import DataObject, Function, Task, check_readable
from flowlab.graph.owner import Owner
from flowlab.graph.place import find_place
from flowlab.model.inputs import Output
from flowlab.model.limits import INLINE_OBJECT
from flowlab.model.specs import DataType
from flowlab.shared.proxy import Reference
from flowlab.staging.encoding import decode
from flowlab.staging.instance import DataInstance
from flowlab.tasks.arguments import unpack
from flowlab.tasks.call import Wanted, given_values
from flowlab.tasks.chunks import Packed, choose_size, pack_columns, spans, take_columns
from flowlab.tasks.code import name_of, pack_function
from flowlab.tasks.kind import Context, register
from flowlab.tasks.mapped import Chunks, Map
from flowlab.tasks.objects import blob, pickled
from flowlab.tasks.pick import plain_value
from flowlab.tasks.python import RemoteFunction
from flowlab.tasks.running import encode_results, run_calls

KIND = "map"


class _Chunk(msgspec.Struct, frozen=True, array_like=True):
    """What travels with a chunk.

    first         number of its first call
    arguments     columns, pickled; empty when they lie in the last input
    apart         each column has a pickle of its own: objects may stand in them
    with_context  the function is a `@remote` one: its first parameter is the context
    load          whether objects arrive as values there, unless `wanted` says otherwise
    """

    first: int
    arguments: bytes
    apart: bool
    with_context: bool
    load: bool
    wanted: tuple[Wanted, ...] = ()


# size: what may be said of a task that is many calls
def map(  # noqa: A001 - flowlab.map is to the builtin what its users expect
    function: Callable[..., Any],
    /,
    *iterables: Iterable[Any],
    name: str | None = None,
    chunk: int | None = None,
    cpus: int | None = None,
    where: Any = None,
    limit: Any = None,
    bundle: Any = None,
    session: Owner | None = None,
) -> Map:
    """Declare `function(*arguments)` for arguments from all these, as the builtin `map` pairs them.

    A `@remote` function gets the context before them. Results are whatever it returns; one that
    raises fails its chunk. Another map may be given as an iterable: it is not waited for.

    name   of the node; the function's by default
    chunk  calls in one task; chosen by their number and that of the engines when nothing is said;
           1 when calls may wait for each other at a shared object
    cpus   slots of one host that a chunk claims; 1, or what the `@remote` function says
    where  the engine or host that runs its chunks, and `limit` what they count for: as for @remote
    bundle files and modules for its calls; none, or what the `@remote` function says
    """
    if not callable(function):
        raise WrongKind(f"map takes a function first, not {shorten(function)}")
    if not iterables:
        raise WrongKind("map takes at least one iterable after the function")
    owner = session if session is not None else active_session()
    named = _name_of(function) if name is None else check_name(name)
    _check_call(function, iterables)
    columns, calls = take_columns(iterables, (Map,))
    size = choose_size(calls, owner.engines) if chunk is None else _check_chunk(chunk)
    said = {"cpus": cpus, "where": where, "limit": limit, "bundle": bundle}
    whole = _Whole(function, named, calls, owner, said)
    parts = _parts(columns, calls, size, owner)
    met = _where_calls_wait(whole, parts)
    if met is not None and size > 1:
        _check_alone(chunk, met, named)
        size = 1
        parts = _parts(columns, calls, size, owner)
    _check_objects([obj for _, part in parts for each in part.found for obj in each], named, owner)
    tasks = tuple(_declare(whole, those, part) for those, part in parts)
    return Map(Chunks(named, owner, tasks, calls, size), range(calls))


class _Whole:
    """What all chunks of a map have in common."""

    def __init__(
        self,
        function: Callable[..., Any],
        name: str,
        calls: int,
        owner: Owner,
        said: Mapping[str, Any],
    ) -> None:
        self.name = name
        self.calls = calls
        self.owner = owner
        self.place = find_place()
        self.remote = function if isinstance(function, RemoteFunction) else None
        code = self.remote.code(owner) if self.remote else pack_function(function, owner)
        # Apart from calls that are tasks of their own, since a chunk takes another time
        self.code = Function(f"map:{code.key}", code.data, code.source, code.shared)
        own = {**self.remote.claims, "bundle": self.remote.bundle} if self.remote else {}
        self.said = own | {key: each for key, each in said.items() if each is not None}


def _declare(whole: _Whole, calls: range, part: Packed) -> Task:
    inputs = [obj for found in part.found for obj in found]
    remote = whole.remote
    travelling = _Chunk(
        calls.start,
        part.data or b"",
        bool(part.found),
        remote is not None,
        remote.auto_load if remote else True,
        remote.wanted(part.found) if remote and inputs else (),
    )
    if part.data is None:
        inputs.append(pickled(part.columns, session=whole.owner))
    elif len(part.data) > INLINE_OBJECT:
        content_type = None if part.found else "pickle"
        inputs.append(blob(part.data, content_type=content_type, session=whole.owner))
        travelling = msgspec.structs.replace(travelling, arguments=b"")
    alone = len(calls) == whole.calls
    return Task(
        KIND,
        inputs=inputs,
        outputs=[Output("results", content_type="pickle")],
        config=msgspec.msgpack.encode(travelling),
        name=whole.name if alone else f"{whole.name}/{calls[0]}-{calls[-1]}",
        **whole.said,
        function=whole.code,
        session=whole.owner,
        place=whole.place,
        shared=part.shared,
    )


def _parts(
    columns: Sequence[Any], calls: int, size: int, owner: Owner
) -> list[tuple[range, Packed]]:
    return [(those, _pack(columns, those, owner)) for those in spans(calls, size)]


def _where_calls_wait(whole: _Whole, parts: Sequence[tuple[range, Packed]]) -> Reference | None:
    """A shared object at which one call may wait for another."""
    held = chain(whole.code.shared, *(part.shared for _, part in parts))
    return next((each for each in held if each.waits), None)


def _check_alone(chunk: int | None, met: Reference, name: str) -> None:
    """Raise UsageError when calls that may wait for each other are to run one after the other."""
    if chunk is not None:
        raise UsageError(
            f"chunk={chunk}: calls of the map {name!r} may wait for each other at {met.shown}, and "
            "those of one chunk run one after the other: leave chunk out, and each call is a task "
            "of its own; or make the object by session.shared(…, waits=False), if none waits there"
        )


def _pack(columns: Sequence[Any], calls: range, owner: Owner) -> Packed:
    """The arguments of these calls."""
    cut = tuple(each[calls.start : calls.stop] for each in columns)
    return pack_columns(cut, calls[0], owner)


def _name_of(function: Callable[..., Any]) -> str:
    return function.task_name if isinstance(function, RemoteFunction) else name_of(function)


def _check_call(function: Callable[..., Any], iterables: Sequence[object]) -> None:
    """Raise TypeError when a function of Python cannot be called with so many arguments."""
    if isinstance(function, RemoteFunction):
        function.check_call(iterables)
    elif isinstance(function, FunctionType):
        inspect.signature(function).bind(*iterables)


def _check_objects(objects: Iterable[DataObject], name: str, owner: Owner) -> None:
    """Before the first chunk is declared, so that all are or none is."""
    for obj in objects:
        if obj.owner is not owner:
            raise UsageError(
                f"{obj!r} belongs to session {obj.owner.name!r}, the map {name!r} to "
                f"{owner.name!r}; fetch it there and pass it as a blob"
            )
        check_readable(obj, f"the map {name!r}")


def _check_chunk(chunk: object) -> int:
    if not isinstance(chunk, int) or isinstance(chunk, bool) or chunk < 1:
        raise UsageError(f"chunk={shorten(chunk)}: the calls in one task, a whole number above 0")
    return chunk


class _Map:
    name = KIND

    def run(self, context: Context) -> Sequence[DataInstance]:
        chunk = msgspec.msgpack.decode(context.config, type=_Chunk)
        columns = _columns(chunk, list(context.inputs))
        function = context.function
        given = context if chunk.with_context else None
        results = run_calls(function, columns, chunk.first, given)
        if chunk.with_context:
            results = [
                plain_value(each) if isinstance(each, DataInstance) else each for each in results
            ]
        return [encode_results(context, results, function, columns, chunk.first)]


register(_Map())


def _columns(chunk: _Chunk, inputs: list[DataInstance]) -> Sequence[Sequence[Any]]:
    """The arguments, as they were packed."""
    last = None if chunk.arguments else inputs.pop()
    if not chunk.apart:
        columns: Any = last.load() if last else decode(chunk.arguments, "pickle")
        return tuple(columns)
    data = last.get_bytes() if last else chunk.arguments
    if chunk.with_context:
        return unpack(data, given_values(inputs, chunk.load, chunk.wanted))
    return unpack(data, [_plain_or_directory(each) for each in inputs])


def _plain_or_directory(instance: DataInstance) -> Any:
    return instance if instance.data_type is DataType.DIR else plain_value(instance)

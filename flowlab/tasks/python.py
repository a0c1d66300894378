"""`@remote`: a Python function whose calls are tasks.

After Rain's user guide, "Python tasks".
"""

import functools
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import Any, overload

from flowlab.errors import UsageError, WrongValue
from flowlab.graph.active import active_session
from flowlab.graph.nodes import DataObject, Function, Task
from flowlab.graph.outputs import describe_outputs, merge_output
from flowlab.graph.owner import Owner
from flowlab.model.content import check_content_type
from flowlab.model.inputs import Input, Output
from flowlab.tasks.arguments import Found, pack_arguments, pack_plain
from flowlab.tasks.call import KIND, Call, Wanted, encode_call
from flowlab.tasks.code import pack_function
from flowlab.tasks.hints import Hints, Outputs, data_of

Inputs = Mapping[str, Input] | Iterable[tuple[str, Input]]
Override = int | str | Output | Sequence[str | Output | None]
_Packed = tuple[bytes, tuple[Wanted, ...], list[DataObject], tuple[int, ...] | None, Sequence[Any]]
_Described = tuple[list[Output], tuple[str, ...]]  # and the encoding of each, or nothing


_NOBODY: tuple[Callable[[], Owner | None], Function] = (lambda: None, Function("", b""))


class RemoteFunction:
    """A function whose calls declare tasks in the active session.

    The function is pickled once a session, at its first call there: what it reads is as it was
    then.
    """

    # size: what may be said of a function, as in Rain
    def __init__(
        self,
        function: Callable[..., Any],
        *,
        outputs: Outputs | None = None,
        inputs: Inputs = (),
        auto_load: bool | None = None,
        auto_encode: str | None = None,
        name: str | None = None,
        cpus: int = 1,
        where: Any = None,
        limit: Any = None,
        bundle: Any = None,
    ) -> None:
        self._function = function
        self._hints = Hints(function, inputs, outputs)
        self._auto_encode = check_content_type(auto_encode or "")
        self._declared = describe_outputs(self._hints.outputs)
        self._outputs = self._typed(self._declared)
        self._codes: weakref.WeakKeyDictionary[Owner, Function] = weakref.WeakKeyDictionary()
        self._last = _NOBODY
        functools.update_wrapper(self, function)
        # After that, which brings the function's own attributes
        self.auto_load = bool(auto_load)
        self.task_name = function.__name__ if name is None else name
        self.claims = {"cpus": cpus, "where": where, "limit": limit}
        self.bundle = bundle

    # size: eight keywords of a call are ours, four of them Rain's
    def __call__(
        self,
        *args: Any,
        output: str | Output | None = None,
        outputs: Override | None = None,
        name: str | None = None,
        where: Any = None,
        limit: Any = None,
        bundle: Any = None,
        stage_point: Any = None,
        session: Owner | None = None,
        **kwargs: Any,
    ) -> Task:
        """Declare a task; see `remote` for the rest.

        output, outputs  labels, `Output`s or None; what these do not say is as declared
        where            the engine or host for this call, in the place of the function's own
        limit            the limits that this call counts for, in the place of the function's own
        bundle           files and modules for this call, in the place of the function's own
        stage_point      by which its outputs go between hosts, in the place of the session's
        """
        self._hints.check_call(args, kwargs)
        described, encodes = self._override(output, outputs)
        owner = session if session is not None else active_session()
        arguments, wanted, inputs, places, shared = self._packed(args, kwargs, owner)
        claims = self.claims if where is limit is None else self._claims(where, limit)
        call = Call(arguments, tuple(kwargs), self.auto_load, encodes, wanted, places)
        return Task(
            KIND,
            inputs=inputs,
            outputs=described,
            config=encode_call(call),
            name=self.task_name if name is None else name,
            **claims,
            bundle=self.bundle if bundle is None else bundle,
            stage_point=stage_point,
            shared=shared,
            function=self.code(owner),
            session=owner,
        )

    def code(self, owner: Owner) -> Function:
        """The function as it travels in a session."""
        last, code = self._last
        if last() is owner:  # a look into the dictionary takes longer than the rest of a call
            return code
        found = self._codes.get(owner)
        if found is None:
            found = self._codes[owner] = pack_function(self._function, owner)
        self._last = weakref.ref(owner), found
        return found

    def _claims(self, where: Any, limit: Any) -> dict[str, Any]:
        """What a call claims that says something of it itself."""
        said = {"where": where, "limit": limit}
        return self.claims | {key: value for key, value in said.items() if value is not None}

    def check_call(self, arguments: Sequence[Any]) -> None:
        """Raise TypeError when it cannot be called with so many."""
        self._hints.check_call(arguments, {})

    def wanted(self, found: Found) -> tuple[Wanted, ...]:
        """How the objects in its positional arguments are to arrive."""
        names = self._hints.parameters(len(found), ())
        return _wanted([self._hints.inputs.get(name) for name in names], names, found)

    def __getstate__(self) -> dict[str, Any]:
        """Leave its own pickles out, when a function that refers to it is pickled."""
        return {**self.__dict__, "_codes": None, "_last": None, "bundle": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _codes=weakref.WeakKeyDictionary(), _last=_NOBODY)

    def __repr__(self) -> str:
        return f"<remote {self._function.__name__}>"

    def _packed(self, args: tuple[Any, ...], kwargs: dict[str, Any], owner: Owner) -> _Packed:
        """The arguments of a call, how the objects in them are to arrive, these, their places.

        And the shared objects among them.
        """
        values = [*args, *kwargs.values()] if kwargs else args
        if not values:  # many tasks have none, and all of this takes as long as the rest of them
            return b"", (), [], None, ()
        hinted = self._hints.inputs
        if not hinted and (plain := pack_plain(values)) is not None:
            arguments, objects, places = plain
            return arguments, (), objects, places, ()
        said = [each if isinstance(each, Input) else None for each in values]
        values = [data_of(each) if isinstance(each, Input) else each for each in values]
        words = [*map(str, range(1, len(args) + 1)), *map(repr, kwargs)]
        named = list(zip(words, values, strict=True))
        arguments, found, shared = pack_arguments(self._function.__name__, named, owner)
        wanted: tuple[Wanted, ...] = ()
        if hinted or any(said):
            names = self._hints.parameters(len(args), kwargs)
            inputs = [own or hinted.get(name) for name, own in zip(names, said, strict=True)]
            wanted = _wanted(inputs, names, found)
        return arguments, wanted, [obj for part in found for obj in part], None, shared

    def _override(self, output: str | Output | None, outputs: Override | None) -> _Described:
        if output is not None and outputs is not None:
            raise WrongValue("give output= or outputs=, not both")
        if output is None and outputs is None:
            return self._outputs
        said = _listed(outputs if output is None else output)
        if len(said) != len(self._declared):
            raise WrongValue(f"Got {len(said)} outputs, {len(self._declared)} expected.")
        return self._typed(list(map(merge_output, said, self._declared)))

    def _typed(self, outputs: list[Output]) -> _Described:
        encodes = tuple(self._encoding(each) for each in outputs)
        return [_typed(each, by) for each, by in zip(outputs, encodes, strict=True)], encodes

    def _encoding(self, output: Output) -> str:
        """The content type by which a plain value of this output is encoded, or nothing."""
        auto = "" if output.content_type else self._auto_encode
        return check_content_type(output.encode or auto)


@overload
def remote(function: Callable[..., Any], /) -> RemoteFunction: ...
# size: what may be said of a function, as in RemoteFunction
@overload
def remote(
    *,
    outputs: Outputs | None = None,
    inputs: Inputs = (),
    auto_load: bool | None = None,
    auto_encode: str | None = None,
    name: str | None = None,
    cpus: int = 1,
    where: Any = None,
    limit: Any = None,
    bundle: Any = None,
) -> Callable[[Callable[..., Any]], RemoteFunction]: ...
def remote(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Make the calls of a function tasks; its first parameter is the context.

    outputs      number, labels or `Output`s; one output when nothing is said
    inputs       parameter -> `Input(load=…, content_type=…)`, or InputDir; annotations do the same
    auto_load    arguments that are data arrive as values, not as DataInstances
    auto_encode  content type by which returned values are encoded, such as `pickle`
    name         of the tasks, the function's by default
    cpus         slots of one host that a call claims
    where        the engine by number or the host by name that runs it, or a list of these
    limit        name of a limit of the session that a call counts for, or several
    bundle       files and modules that a call needs: flowlab.bundle(…), flowlab.modules(…)
    """
    if function is None:
        return functools.partial(_decorate, options=options)
    return _decorate(function, options)


def _decorate(function: Callable[..., Any], options: Mapping[str, Any]) -> RemoteFunction:
    if not isinstance(function, FunctionType):
        raise UsageError(f"remote takes a function, not {function!r}")
    return RemoteFunction(function, **options)


def _wanted(
    described: Sequence[Input | None], names: Sequence[str], found: Found
) -> tuple[Wanted, ...]:
    """What is said of the arguments, of each object that was found in them."""
    wanted: list[Wanted] = []
    number = 0
    for said, name, part in zip(described, names, found, strict=True):
        for obj in part:
            if said is not None:
                _check_data_type(name, said, obj)
                obj.hint_size(said.size_hint)
                wanted.append(Wanted(number, said.load, said.content_type or ""))
            number += 1
    return tuple(wanted)


def _check_data_type(name: str, described: Input, obj: DataObject) -> None:
    if described.data_type is not obj.data_type:
        raise UsageError(
            f"Input {name!r} expects data type {described.data_type}, "
            f"but {obj!r} is a {obj.data_type}"
        )


def _listed(outputs: Override | None) -> list[str | Output | None]:
    if isinstance(outputs, int):
        return [None] * outputs
    return [outputs] if isinstance(outputs, str | Output) else list(outputs or ())


def _typed(output: Output, encode: str) -> Output:
    """The output as declared to the graph: its type is the one it will be encoded by."""
    if output.glob or output.optional:
        raise UsageError(
            f"Output({output.label!r}, …): glob and optional are for programs; a function says "
            "what there is by what it returns"
        )
    return Output(
        output.label,
        content_type=output.content_type or encode or None,
        size_hint=output.size_hint,
        data_type=output.data_type,
    )

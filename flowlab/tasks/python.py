"""`@remote`: a Python function whose calls are tasks.

After Rain's user guide, "Python tasks".
"""

import functools
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import Any, overload

import msgspec

from flowlab.errors import ContentTypeError, UsageError, WrongValue
from flowlab.graph.active import active_session
from flowlab.graph.nodes import DataObject, Function, Task
from flowlab.graph.outputs import describe_outputs
from flowlab.graph.owner import Owner
from flowlab.model.content import check_content_type, merge_content_types
from flowlab.model.inputs import Input, Output
from flowlab.staging.instance import DataInstance
from flowlab.tasks.arguments import Found, pack_arguments, unpack
from flowlab.tasks.code import pack_function
from flowlab.tasks.hints import Hints, Outputs, data_of
from flowlab.tasks.kind import Context, register
from flowlab.tasks.returned import make_instances

KIND = "python"

Inputs = Mapping[str, Input] | Iterable[tuple[str, Input]]
_Described = tuple[list[Output], tuple[str, ...]]  # and the encoding of each, or nothing


class _Wanted(msgspec.Struct, frozen=True, array_like=True):
    """How an input is to arrive: its number, whether as a value, and of which content type."""

    number: int
    load: bool | None
    content_type: str


class _Call(msgspec.Struct, frozen=True, array_like=True):
    """What travels with a task.

    arguments  pickles of the values, the last of them for `keywords`
    encodes    a content type, or nothing, for each output
    load       whether inputs arrive as values unless `wanted` says otherwise
    """

    arguments: bytes
    keywords: tuple[str, ...]
    load: bool
    encodes: tuple[str, ...]
    wanted: tuple[_Wanted, ...] = ()


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
    ) -> None:
        self._function = function
        self._hints = Hints(function, inputs, outputs)
        self._auto_load = bool(auto_load)
        self._auto_encode = check_content_type(auto_encode or "")
        self._outputs = self._described(self._hints.outputs)
        self._name = function.__name__ if name is None else name
        self._cpus = cpus
        self._codes: weakref.WeakKeyDictionary[Owner, Function] = weakref.WeakKeyDictionary()
        functools.update_wrapper(self, function)

    # size: four keywords of a call are ours, as in Rain
    def __call__(
        self,
        *args: Any,
        output: str | Output | None = None,
        outputs: Outputs | None = None,
        name: str | None = None,
        session: Owner | None = None,
        **kwargs: Any,
    ) -> Task:
        self._hints.signature.bind(None, *args, **kwargs)
        described, encodes = self._override(output, outputs)
        owner = session if session is not None else active_session()
        arguments, wanted, inputs = self._packed(args, kwargs)
        call = _Call(arguments, tuple(kwargs), self._auto_load, encodes, wanted)
        return Task(
            KIND,
            inputs=inputs,
            outputs=described,
            config=msgspec.msgpack.encode(call),
            name=self._name if name is None else name,
            cpus=self._cpus,
            function=self._pickled(owner),
            session=owner,
        )

    def __getstate__(self) -> dict[str, Any]:
        """Leave its own pickles out, when a function that refers to it is pickled."""
        return {**self.__dict__, "_codes": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _codes=weakref.WeakKeyDictionary())

    def __repr__(self) -> str:
        return f"<remote {self._function.__name__}>"

    def _packed(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[bytes, tuple[_Wanted, ...], list[DataObject]]:
        """The arguments of a call, how the objects in them are to arrive, and these."""
        values = [*args, *kwargs.values()]
        if not values:  # many tasks have none, and all of this takes as long as the rest of them
            return b"", (), []
        said = [each if isinstance(each, Input) else None for each in values]
        if any(said):
            values = [data_of(each) if isinstance(each, Input) else each for each in values]
        words = [*map(str, range(1, len(args) + 1)), *map(repr, kwargs)]
        arguments, found = pack_arguments(
            self._function.__name__, list(zip(words, values, strict=True))
        )
        wanted: tuple[_Wanted, ...] = ()
        hinted = self._hints.inputs
        if hinted or any(said):
            names = self._hints.parameters(len(args), kwargs)
            inputs = [own or hinted.get(name) for name, own in zip(names, said, strict=True)]
            wanted = _wanted(inputs, names, found)
        return arguments, wanted, [obj for part in found for obj in part]

    def _override(self, output: str | Output | None, outputs: Outputs | None) -> _Described:
        if output is not None and outputs is not None:
            raise WrongValue("give output= or outputs=, not both")
        if output is None and outputs is None:
            return self._outputs
        described = self._described(output if output is not None else outputs or 0)
        got, expected = len(described[0]), len(self._outputs[0])
        if got != expected:
            raise WrongValue(f"Got {got} outputs, {expected} expected.")
        return described

    def _described(self, outputs: Outputs) -> _Described:
        given = describe_outputs(outputs)
        encodes = tuple(self._encoding(each) for each in given)
        return [_typed(each, by) for each, by in zip(given, encodes, strict=True)], encodes

    def _encoding(self, output: Output) -> str:
        """The content type by which a plain value of this output is encoded, or nothing."""
        auto = "" if output.content_type else self._auto_encode
        return check_content_type(output.encode or auto)

    def _pickled(self, owner: Owner) -> Function:
        code = self._codes.get(owner)
        if code is None:
            code = self._codes[owner] = pack_function(self._function)
        return code


@overload
def remote(function: Callable[..., Any], /) -> RemoteFunction: ...
@overload
def remote(
    *,
    outputs: Outputs | None = None,
    inputs: Inputs = (),
    auto_load: bool | None = None,
    auto_encode: str | None = None,
    name: str | None = None,
    cpus: int = 1,
) -> Callable[[Callable[..., Any]], RemoteFunction]: ...
def remote(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Make the calls of a function tasks; its first parameter is the context.

    outputs      number, labels or `Output`s; one output when nothing is said
    inputs       parameter -> `Input(load=…, content_type=…)`, or InputDir; annotations do the same
    auto_load    arguments that are data arrive as values, not as DataInstances
    auto_encode  content type by which returned values are encoded, such as `pickle`
    name         of the tasks, the function's by default
    cpus         slots of one host that a call claims
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
) -> tuple[_Wanted, ...]:
    """What is said of the arguments, of each object that was found in them."""
    wanted: list[_Wanted] = []
    number = 0
    for said, name, part in zip(described, names, found, strict=True):
        for obj in part:
            if said is not None:
                _check_data_type(name, said, obj)
                obj.hint_size(said.size_hint)
                wanted.append(_Wanted(number, said.load, said.content_type or ""))
            number += 1
    return tuple(wanted)


def _check_data_type(name: str, described: Input, obj: DataObject) -> None:
    if described.data_type is not obj.data_type:
        raise UsageError(
            f"Input {name!r} expects data type {described.data_type}, "
            f"but {obj!r} is a {obj.data_type}"
        )


def _typed(output: Output, encode: str) -> Output:
    """The output as declared to the graph: its type is the one it will be encoded by."""
    return Output(
        output.label,
        content_type=output.content_type or encode or None,
        size_hint=output.size_hint,
        data_type=output.data_type,
    )


class _Python:
    name = KIND

    def run(self, context: Context) -> Sequence[DataInstance]:
        call = msgspec.msgpack.decode(context.config, type=_Call)
        values = unpack(call.arguments, _given(call, list(context.inputs)))
        positional = len(values) - len(call.keywords)
        kwargs = dict(zip(call.keywords, values[positional:], strict=True))
        result = context.function(context, *values[:positional], **kwargs)
        return make_instances(context, result, call.encodes)


register(_Python())


def _given(call: _Call, instances: list[DataInstance]) -> list[Any]:
    """What stands for each input in the arguments."""
    loads = [call.load] * len(instances)
    for wanted in call.wanted:
        number = wanted.number
        if wanted.content_type:
            instance = instances[number]
            instance.content_type = _narrowed(instance, wanted.content_type, number)
        if wanted.load is not None:
            loads[number] = wanted.load
    return [
        _load(instance, place) if load else instance
        for place, (instance, load) in enumerate(zip(instances, loads, strict=True))
    ]


def _narrowed(instance: DataInstance, wanted: str, place: int) -> str:
    try:
        return merge_content_types(instance.content_type, wanted)
    except ContentTypeError as error:
        raise ContentTypeError(f"input {place} ({_label(instance)!r}): {error}") from error


def _load(instance: DataInstance, place: int) -> Any:
    try:
        return instance.load()
    except ContentTypeError as error:
        raise ContentTypeError(f"load of input {place} ({_label(instance)!r}): {error}") from error


def _label(instance: DataInstance) -> str:
    return instance.spec.label if instance.spec else ""

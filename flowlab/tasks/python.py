"""`@remote`: a Python function whose calls are tasks.

After Rain's user guide, "Python tasks".
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import Any, overload

import msgspec

from flowlab.errors import ContentTypeError, UsageError, WrongValue
from flowlab.graph.nodes import DataObject, Function, Task
from flowlab.graph.outputs import describe_outputs
from flowlab.graph.owner import Owner
from flowlab.model.content import check_content_type, merge_content_types
from flowlab.model.inputs import Input, Output
from flowlab.staging.instance import DataInstance
from flowlab.tasks.arguments import Found, pack_arguments, unpack
from flowlab.tasks.code import pack_function
from flowlab.tasks.hints import Hints, Outputs
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

    The function is pickled once, at its first call: what it reads is as it was then.
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
        self._code: Function | None = None
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
        named = [(str(place), value) for place, value in enumerate(args, 1)]
        named += [(repr(word), value) for word, value in kwargs.items()]
        arguments, found = pack_arguments(self._function.__name__, named)
        wanted = self._wanted(len(args), kwargs, found) if self._hints.inputs else ()
        call = _Call(arguments, tuple(kwargs), self._auto_load, encodes, wanted)
        return Task(
            KIND,
            inputs=[obj for part in found for obj in part],
            outputs=described,
            config=msgspec.msgpack.encode(call),
            name=self._name if name is None else name,
            cpus=self._cpus,
            function=self._pickled(),
            session=session,
        )

    def __getstate__(self) -> dict[str, Any]:
        """Leave its own pickle out, when a function that refers to it is pickled."""
        return {**self.__dict__, "_code": None}

    def __repr__(self) -> str:
        return f"<remote {self._function.__name__}>"

    def _wanted(
        self, positional: int, keywords: Iterable[str], found: Found
    ) -> tuple[_Wanted, ...]:
        """What the parameters' `Input`s say of the objects that were found in the arguments."""
        wanted: list[_Wanted] = []
        number = 0
        for name, part in zip(self._hints.parameters(positional, keywords), found, strict=True):
            described = self._hints.inputs.get(name)
            for obj in part:
                if described is not None:
                    _check_data_type(name, described, obj)
                    obj.hint_size(described.size_hint)
                    content_type = described.content_type or ""
                    wanted.append(_Wanted(number, described.load, content_type))
                number += 1
        return tuple(wanted)

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

    def _pickled(self) -> Function:
        if self._code is None:
            self._code = pack_function(self._function)
        return self._code


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

"""`@remote`: a Python function whose calls are tasks.

After Rain's user guide, "Python tasks".
"""

import functools
import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any, overload

import cloudpickle
import msgspec

from flowlab.errors import ContentTypeError, UsageError
from flowlab.graph.nodes import Function, Task
from flowlab.graph.outputs import describe_outputs
from flowlab.graph.owner import Owner
from flowlab.model.content import check_content_type, is_subtype, text_encoding
from flowlab.model.inputs import Output
from flowlab.model.labels import LabeledList
from flowlab.model.specs import ObjectSpec
from flowlab.staging.instance import DataInstance
from flowlab.tasks.arguments import pack_arguments, unpack
from flowlab.tasks.kind import Context, register

KIND = "python"

Outputs = int | str | Output | Sequence[str | Output]
_Described = tuple[list[Output], tuple[str, ...]]  # and the encoding of each, or nothing

_OURS = ("output", "outputs", "name", "session")  # keywords of every call


class _Call(msgspec.Struct, frozen=True, array_like=True):
    """What travels with a task; `encodes` has a content type, or nothing, for each output."""

    arguments: bytes
    load: bool
    encodes: tuple[str, ...]


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
        auto_load: bool = False,
        auto_encode: str | None = None,
        name: str | None = None,
        cpus: int = 1,
    ) -> None:
        self._function = function
        self._signature = _check_signature(function)
        self._auto_load = auto_load
        self._auto_encode = check_content_type(auto_encode or "")
        self._outputs = self._described(1 if outputs is None else outputs)
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
        self._signature.bind(None, *args, **kwargs)
        described, encodes = self._override(output, outputs)
        call = self._function.__name__
        arguments, inputs = pack_arguments(call, args, kwargs)
        return Task(
            KIND,
            inputs=inputs,
            outputs=described,
            config=msgspec.msgpack.encode(_Call(arguments, self._auto_load, encodes)),
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

    def _override(self, output: str | Output | None, outputs: Outputs | None) -> _Described:
        if output is not None and outputs is not None:
            raise UsageError("give output= or outputs=, not both")
        if output is None and outputs is None:
            return self._outputs
        described = self._described(output if output is not None else outputs or 0)
        got, expected = len(described[0]), len(self._outputs[0])
        if got != expected:
            raise UsageError(f"Got {got} outputs, {expected} expected.")
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
            function = self._function
            try:
                data = cloudpickle.dumps(function, 5)
            except Exception as error:  # what the function refers to may raise anything
                raise UsageError(
                    f"the function {function.__name__}() cannot be pickled: "
                    f"{type(error).__name__}: {error}; what it reads from outside must travel too"
                ) from error
            key = hashlib.blake2b(data, digest_size=16).hexdigest()
            self._code = Function(key, data, _source(function))
        return self._code


@overload
def remote(function: Callable[..., Any], /) -> RemoteFunction: ...
@overload
def remote(
    *,
    outputs: Outputs | None = None,
    auto_load: bool = False,
    auto_encode: str | None = None,
    name: str | None = None,
    cpus: int = 1,
) -> Callable[[Callable[..., Any]], RemoteFunction]: ...
def remote(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Make the calls of a function tasks; its first parameter is the context.

    outputs      number, labels or `Output`s; one output when nothing is said
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


def _check_signature(function: Callable[..., Any]) -> inspect.Signature:
    signature = inspect.signature(function)
    taken = [name for name in _OURS if name in signature.parameters]
    if taken:
        raise UsageError(
            f"{function.__name__}() has a parameter {taken[0]!r}, which is a keyword of every "
            "call of a task; call it otherwise"
        )
    try:
        signature.bind_partial(None)
    except TypeError:
        raise UsageError(
            f"{function.__name__}() has no parameters; the first one is the context (ctx)"
        ) from None
    return signature


def _typed(output: Output, encode: str) -> Output:
    """The output as declared to the graph: its type is the one it will be encoded by."""
    return Output(
        output.label,
        content_type=output.content_type or encode or None,
        size_hint=output.size_hint,
        data_type=output.data_type,
    )


def _source(function: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):  # made by exec, or typed at a prompt without history
        return ""


class _Python:
    name = KIND

    def run(self, context: Context) -> Sequence[DataInstance]:
        call = msgspec.msgpack.decode(context.config, type=_Call)
        given: Sequence[Any] = list(context.inputs)
        if call.load:
            given = [_load(instance, place) for place, instance in enumerate(context.inputs)]
        args, kwargs = unpack(call.arguments, given)
        result = context.function(context, *args, **kwargs)
        specs = context.outputs
        if not specs:
            if result is None or result == ():
                return []
            raise UsageError("No returned value allowed (0 outputs declared)")
        values = [result] if len(specs) == 1 else _spread(result, specs)
        return [
            _instance(context, value, spec, encode)
            for value, spec, encode in zip(values, specs, call.encodes, strict=True)
        ]


register(_Python())


def _load(instance: DataInstance, place: int) -> Any:
    try:
        return instance.load()
    except ContentTypeError as error:
        label = instance.spec.label if instance.spec else ""
        raise ContentTypeError(f"auto_load of input {place} ({label!r}): {error}") from error


def _spread(result: Any, specs: Sequence[ObjectSpec]) -> list[Any]:
    """One value for each output: from a sequence in order, or from a mapping by label."""
    if isinstance(result, Mapping):
        missing = [spec.label for spec in specs if spec.label not in result]
        if missing:
            raise UsageError(f"the returned mapping has no value for the output {missing[0]!r}")
        return [result[spec.label] for spec in specs]
    if isinstance(result, str | bytes) or not isinstance(result, Sequence | LabeledList):
        raise UsageError(
            f"Python task should return {len(specs)} outputs, as a list, tuple or mapping, "
            f"got one {type(result).__name__!r}."
        )
    if len(result) != len(specs):
        raise UsageError(f"Python task should return {len(specs)} outputs, got {len(result)}.")
    return list(result)


def _instance(context: Context, value: Any, spec: ObjectSpec, encode: str) -> DataInstance:
    if isinstance(value, DataInstance):
        if value.content_type and not is_subtype(value.content_type, spec.content_type):
            raise ContentTypeError(
                f"output {spec.label!r}: Incompatible content types: "
                f"{spec.content_type!r} and {value.content_type!r}"
            )
        return value
    if encode:
        return context.blob(value, encode=encode)
    if isinstance(value, bytes):
        return context.blob(value, content_type=spec.content_type or None)
    if isinstance(value, str):
        declared = spec.content_type or "text"
        encoding = text_encoding(declared) or "utf-8"
        return context.blob(value.encode(encoding), content_type=declared)
    raise UsageError(
        f"Invalid result object: {_shorten(value)} for the output {spec.label!r}; return bytes, "
        "str or a DataInstance (ctx.pickled(…)), or declare auto_encode='pickle'"
    )


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"

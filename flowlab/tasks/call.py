"""A call of a Python function as it travels with its task, and how an engine runs it.

After Rain's user guide, "Python tasks".
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from flowlab.errors import ContentTypeError
from flowlab.model.content import merge_content_types
from flowlab.staging.instance import DataInstance
from flowlab.tasks.arguments import unpack, unpack_plain
from flowlab.tasks.kind import Context, register
from flowlab.tasks.returned import make_instances

KIND = "python"


class Wanted(msgspec.Struct, frozen=True, array_like=True):
    """How an input is to arrive: its number, whether as a value, and of which content type."""

    number: int
    load: bool | None
    content_type: str


class Call(msgspec.Struct, frozen=True, array_like=True):
    """What travels with a task.

    arguments  pickles of the values, the last of them for `keywords`
    encodes    a content type, or nothing, for each output
    load       whether inputs arrive as values unless `wanted` says otherwise
    places     of the inputs among the values, when all others are plain
    """

    arguments: bytes
    keywords: tuple[str, ...]
    load: bool
    encodes: tuple[str, ...]
    wanted: tuple[Wanted, ...] = ()
    places: tuple[int, ...] | None = None


encode_call = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Call).decode


class _Python:
    name = KIND

    def run(self, context: Context) -> Sequence[DataInstance]:
        call = _decode(context.config)
        if call.places is not None:
            values = unpack_plain(call.arguments, _given(context, call), call.places)
        elif call.arguments:
            values = unpack(call.arguments, _given(context, call))
        else:
            return make_instances(context, context.function(context), call.encodes)
        if not call.keywords:
            return make_instances(context, context.function(context, *values), call.encodes)
        positional = len(values) - len(call.keywords)
        kwargs = dict(zip(call.keywords, values[positional:], strict=True))
        result = context.function(context, *values[:positional], **kwargs)
        return make_instances(context, result, call.encodes)


register(_Python())


def _given(context: Context, call: Call) -> list[Any]:
    """What stands for each input in the arguments of this call."""
    if not call.load or call.wanted:
        return given_values(list(context.inputs), call.load, call.wanted)
    try:
        return context.load_inputs()
    except ContentTypeError:  # raised once more, with the name of the input
        return given_values(list(context.inputs), load=True, wanted=())


def given_values(instances: list[DataInstance], load: bool, wanted: Iterable[Wanted]) -> list[Any]:
    """What stands for each input in the arguments: a value or an instance, by default as `load`."""
    loads = [load] * len(instances)
    for each in wanted:
        number = each.number
        if each.content_type:
            instance = instances[number]
            instance.content_type = _narrowed(instance, each.content_type, number)
        if each.load is not None:
            loads[number] = each.load
    return [
        _load(instance, place) if load else instance
        for place, (instance, load) in enumerate(zip(instances, loads, strict=True))
    ]


def _narrowed(instance: DataInstance, wanted: str, place: int) -> str:
    try:
        return merge_content_types(instance.content_type or "", wanted)
    except ContentTypeError as error:
        raise ContentTypeError(f"input {place} ({_label(instance)!r}): {error}") from error


def _load(instance: DataInstance, place: int) -> Any:
    try:
        return instance.load()
    except ContentTypeError as error:
        raise ContentTypeError(f"load of input {place} ({_label(instance)!r}): {error}") from error


def _label(instance: DataInstance) -> str:
    return instance.spec.label if instance.spec else ""

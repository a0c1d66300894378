"""From what a task returned to values that are kept or travel."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flowlab.errors import ContentTypeError, TaskError, UsageError
from flowlab.model.content import is_subtype
from flowlab.model.ids import ObjectId
from flowlab.model.limits import INLINE_OBJECT
from flowlab.model.payload import Inline, Value
from flowlab.model.specs import ObjectSpec
from flowlab.staging.instance import DataInstance
from flowlab.staging.store import HostStore
from flowlab.worker.memory import Held

Outputs = Sequence[tuple[ObjectId, Held]]


def collect_outputs(
    instances: Sequence[DataInstance], specs: Sequence[ObjectSpec], store: HostStore
) -> Outputs:
    """One value for each output; raises UsageError or ContentTypeError when they do not fit."""
    if not instances and not specs:
        return ()
    if len(instances) != len(specs):
        lack = "Some of outputs were not produced: " if len(instances) < len(specs) else ""
        raise UsageError(
            f"{lack}the task gave {len(instances)} outputs, {len(specs)} were declared"
        )
    return [
        (spec.id, _held(spec, instance, store))
        for spec, instance in zip(specs, instances, strict=True)
    ]


def _held(spec: ObjectSpec, instance: DataInstance, store: HostStore) -> Held:
    if type(instance) is DataInstance and instance.is_just(spec.data_type, spec.content_type):
        source = instance.source
        if type(source) is bytes:  # as most results are
            value = Inline(source, instance.packed)
            return Held(value, spec.data_type, spec.content_type, instance.user, spec)
    described = _described(spec, instance)
    return Held(_value(spec, instance, store), *described, spec)


def as_travelling(object_id: ObjectId, held: Held, store: HostStore) -> Held:
    """The value as it may leave the engine: above the limit it lies in the host's store."""
    value = held.value
    if isinstance(value, Inline) and len(value.data) > INLINE_OBJECT:
        label = held.spec.label if held.spec else ""
        stored = store.put(object_id, value.data, label, packed=value.packed)
        return Held(stored, held.data_type, held.content_type, held.user, held.spec)
    return held


def _described(spec: ObjectSpec, instance: DataInstance) -> tuple[Any, str, dict[str, Any]]:
    """Data type, content type and what the task said, checked against what was declared."""
    if not isinstance(instance, DataInstance):
        raise UsageError(
            f"output {spec.label!r} is no DataInstance but {type(instance).__name__!r}"
        )
    if instance.data_type != spec.data_type:
        raise UsageError(
            f"Output {spec.label!r} (content_type={spec.content_type!r}) expects type "
            f"{spec.data_type}, but {instance.data_type} is provided"
        )
    if instance.error:
        raise TaskError(f"output {spec.label!r}: {instance.error}")
    declared, actual = spec.content_type, instance.content_type
    if actual and declared and not is_subtype(actual, declared):
        raise ContentTypeError(
            f"output {spec.label!r} was declared as {declared!r}, the task gave {actual!r}"
        )
    return instance.data_type, actual or declared, _said(spec, instance)


def _said(spec: ObjectSpec, instance: DataInstance) -> dict[str, Any]:
    """What the task says about it, as JSON has it; anything else could not be told."""
    if not (said := instance.said()):
        return said
    try:
        text = json.dumps(said, ensure_ascii=False).encode()  # lone surrogates cannot travel
        plain: dict[str, Any] = json.loads(text)
        return plain
    except (TypeError, ValueError) as error:
        raise UsageError(f"info.user of output {spec.label!r} must be JSON: {error}") from error


def _value(spec: ObjectSpec, instance: DataInstance, store: HostStore) -> Value:
    source, packed = instance.source, instance.packed
    if isinstance(source, Path):
        if not packed and os.stat(source).st_size <= INLINE_OBJECT:
            return Inline(source.read_bytes())
        return store.put_file(spec.id, source, spec.label, packed=packed)
    return Inline(source if isinstance(source, bytes) else bytes(source), packed)

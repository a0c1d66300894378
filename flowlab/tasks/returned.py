"""What a Python function returned, as one instance for each declared output.

After Rain's user guide, "Outputs" of Python tasks.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flowlab.errors import ContentTypeError, UsageError
from flowlab.model.content import is_subtype, text_encoding
from flowlab.model.labels import LabeledList
from flowlab.model.specs import ObjectSpec
from flowlab.staging.instance import DataInstance
from flowlab.tasks.kind import Context


def make_instances(context: Context, result: Any, encodes: Sequence[str]) -> list[DataInstance]:
    """Instances of what was returned; UsageError or ContentTypeError when it does not fit.

    encodes  content type by which a plain value of each output is encoded, or nothing
    """
    specs = context.outputs
    if not specs:
        if result is None or result == ():
            return []
        raise UsageError("No returned value allowed (0 outputs declared)")
    if len(specs) == 1:
        return [_instance(context, result, specs[0], encodes[0])]
    return [
        _instance(context, value, spec, encode)
        for value, spec, encode in zip(_spread(result, specs), specs, encodes, strict=True)
    ]


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

"""From what a task says of its outputs (a number, labels, `Output`s) to one form.

After Rain's `OutputSpec`.
"""

from collections.abc import Sequence
from dataclasses import replace

from flowlab.errors import UsageError
from flowlab.model.content import merge_content_types
from flowlab.model.inputs import Output
from flowlab.model.specs import DataType


def describe_outputs(outputs: int | str | Output | Sequence[str | Output]) -> list[Output]:
    """Outputs with labels; those without one are called by their path, or out0, out1, …"""
    if isinstance(outputs, int):
        if outputs < 0:
            raise UsageError(f"a task cannot have {outputs} outputs")
        return [Output(f"out{place}") for place in range(outputs)]
    if isinstance(outputs, str | Output):
        outputs = [outputs]
    return [describe_output(output, place) for place, output in enumerate(outputs)]


def describe_output(output: object, place: int) -> Output:
    """One of them, the one at this place."""
    if isinstance(output, str):
        return Output(output)
    if not isinstance(output, Output):
        raise UsageError(f"an output is a label or an Output, not {output!r}")
    if output.label is not None:
        return output
    return replace(output, label=output.path or f"out{place}")


def merge_output(output: str | Output | None, declared: Output) -> Output:
    """An output as one call says, and as it was declared wherever the call says nothing.

    Raises ContentTypeError when the two name types of which neither holds the other.
    """
    if output is None:
        return declared
    if isinstance(output, str):
        return replace(declared, label=output)
    said = describe_output(output, 0)
    merged = merge_content_types(
        said.encode or said.content_type or "", declared.encode or declared.content_type or ""
    )
    is_encoded = bool(said.encode or declared.encode)
    is_dir = DataType.DIR in {said.data_type, declared.data_type}
    return Output(
        said.label if output.label is not None or output.path is not None else declared.label,
        size_hint=declared.size_hint if said.size_hint is None else said.size_hint,
        content_type=None if is_encoded else merged or None,
        encode=merged if is_encoded else None,
        data_type=DataType.DIR if is_dir else DataType.BLOB,
        glob=said.glob,
        optional=said.optional,
    )

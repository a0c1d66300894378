"""From what a task says of its outputs (a number, labels, `Output`s) to one form."""

from collections.abc import Sequence
from dataclasses import replace

from flowlab.errors import UsageError
from flowlab.model.inputs import Output


def describe_outputs(outputs: int | str | Output | Sequence[str | Output]) -> list[Output]:
    """Outputs with labels; those without one are called by their path, or out0, out1, …"""
    if isinstance(outputs, int):
        if outputs < 0:
            raise UsageError(f"a task cannot have {outputs} outputs")
        return [Output(f"out{place}") for place in range(outputs)]
    if isinstance(outputs, str | Output):
        outputs = [outputs]
    return [_label(output, place) for place, output in enumerate(outputs)]


def _label(output: object, place: int) -> Output:
    if isinstance(output, str):
        return Output(output)
    if not isinstance(output, Output):
        raise UsageError(f"an output is a label or an Output, not {output!r}")
    if output.label is not None:
        return output
    return replace(output, label=output.path or f"out{place}")

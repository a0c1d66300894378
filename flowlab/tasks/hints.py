"""What is said of a function's inputs and outputs: by `@remote`, or by the function's annotations.

    @remote
    def count(ctx, table: Input(content_type="arrow")) -> Output(encode="json"): …

Annotations that are neither `Input` nor outputs mean nothing here.
After Rain's user guide, "Inputs" and "Type hints".
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf
from typing import Any

from flowlab.errors import UsageError, WrongKind
from flowlab.model.inputs import Input, Output

Outputs = int | str | Output | Sequence[str | Output]

_OURS = (
    "output",
    "outputs",
    "name",
    "where",
    "limit",
    "bundle",
    "session",
)  # keywords of every call
_VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Hints:
    """The signature of a function whose first parameter is the context, and what is said of it."""

    def __init__(
        self,
        function: Callable[..., Any],
        inputs: Mapping[str, Input] | Iterable[tuple[str, Input]] = (),
        outputs: Outputs | None = None,
    ) -> None:
        self.signature = inspect.signature(function)
        self._call = function.__name__
        _check_signature(self.signature, self._call)
        self._least, self._most = _positional(self.signature)
        names = list(self.signature.parameters)[1:]
        hinted = {name: _evaluate(function, text) for name, text in _annotations(function).items()}
        self.inputs: dict[str, Input] = {}
        for name in names:
            if isinstance(described := hinted.get(name), Input):
                self.inputs[name] = described
        for name, given in dict(inputs).items():
            self._check_input(name, given, names)
            self.inputs[name] = given
        for name, each in self.inputs.items():
            _check_described(name, each)
        self.outputs = self._choose(outputs, hinted.get("return"))

    def check_call(self, args: Sequence[Any], keywords: Mapping[str, Any]) -> None:
        """Raise TypeError when the function cannot be called so."""
        if keywords or not self._least <= len(args) <= self._most:
            self.signature.bind(None, *args, **keywords)

    def parameters(self, positional: int, keywords: Iterable[str]) -> list[str]:
        """The parameter that takes each argument of a call, the positional ones first."""
        parameters = list(self.signature.parameters.values())[1:]
        by_word = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        plain = [each.name for each in parameters if each.kind in by_word]
        gathering = {each.kind: each.name for each in parameters if each.kind in _VARIABLE}
        taking = [
            each.name
            for each in parameters
            if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
        ]
        rest = gathering.get(inspect.Parameter.VAR_POSITIONAL, "")
        more = gathering.get(inspect.Parameter.VAR_KEYWORD, "")
        found = [taking[place] if place < len(taking) else rest for place in range(positional)]
        return [*found, *(name if name in plain else more for name in keywords)]

    def _check_input(self, name: object, described: object, names: Sequence[str]) -> None:
        if name not in names:
            raise UsageError(f"{self._call}() has no parameter {name!r}; it has {names}")
        if name in self.inputs:
            raise UsageError(
                f"the parameter {name!r} of {self._call}() is described twice: by inputs= and by "
                "its annotation; leave out one of them"
            )
        if not isinstance(described, Input):
            raise WrongKind(f"inputs={{{name!r}: …}} takes an Input, not {described!r}")

    def _choose(self, outputs: Outputs | None, hinted: object) -> Outputs:
        is_hint = _is_outputs(hinted)
        if outputs is not None and is_hint:
            raise UsageError(
                f"the outputs of {self._call}() are described twice: by outputs= and by its "
                "annotation; leave out one of them"
            )
        if outputs is None and is_hint:
            return hinted  # type: ignore[return-value] # _is_outputs has looked
        return 1 if outputs is None else outputs


def data_of(given: Input) -> Any:
    """What an `Input` that stands for an argument of a call is said of."""
    if given.dataobj is None:
        raise UsageError("an Input as an argument needs its data: Input(dataobj=…)")
    _check_described("of a call", given, called=True)
    return given.dataobj


def _check_signature(signature: inspect.Signature, call: str) -> None:
    taken = [name for name in _OURS if name in signature.parameters]
    if taken:
        raise UsageError(
            f"{call}() has a parameter {taken[0]!r}, which is a keyword of every "
            "call of a task; call it otherwise"
        )
    try:
        signature.bind_partial(None)
    except TypeError:
        raise UsageError(
            f"{call}() has no parameters; the first one is the context (ctx)"
        ) from None


def _positional(signature: inspect.Signature) -> tuple[int, float]:
    """How many arguments, beside the context, make a call that needs no closer look."""
    least, most = 0, 0.0
    for each in list(signature.parameters.values())[1:]:
        needed = each.default is each.empty
        if each.kind is each.VAR_POSITIONAL:
            most = inf
        elif each.kind is each.KEYWORD_ONLY and needed:
            return 1, 0.0  # none does
        elif each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD):
            least, most = least + needed, most + 1
    return least, most


def _check_described(name: str, described: Input, *, called: bool = False) -> None:
    """A Python task has values where a program has files."""
    for word in ("path",) if called else ("label", "path", "dataobj"):
        if getattr(described, word) is not None:
            raise UsageError(f"Input of the parameter {name!r}: {word} is for programs")
    if described.write:
        raise UsageError(f"Input of the parameter {name!r}: write is for programs; use .write()")


def _annotations(function: Callable[..., Any]) -> dict[str, Any]:
    return dict(getattr(function, "__annotations__", None) or {})


def _evaluate(function: Callable[..., Any], annotation: object) -> object:
    """An annotation that `from __future__ import annotations` left as text."""
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, getattr(function, "__globals__", {}))  # noqa: S307 - the user's own
    except Exception:  # noqa: BLE001 - a name for type checkers only: it says nothing to us
        return None


def _is_outputs(hinted: object) -> bool:
    if isinstance(hinted, bool):
        return False
    if isinstance(hinted, tuple | list):
        return all(isinstance(each, str | Output) for each in hinted)
    return isinstance(hinted, int | Output)

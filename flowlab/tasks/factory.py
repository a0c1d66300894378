"""`Program`: a program with its files, written down once and called with data many times.

It belongs to no session; each call makes a task of `Execute` in the active one.
After Rain's user guide, "Factory Program".
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from flowlab.errors import MissingData, UsageError, WrongKind
from flowlab.graph.nodes import DataObject, Task
from flowlab.graph.owner import Owner
from flowlab.graph.standin import StandIn
from flowlab.model.inputs import Input, Output
from flowlab.tasks.execute import Execute


class Program:
    """A pattern of `Execute`: where data objects would stand, `Input`s with labels stand.

    Called with data objects by these labels. Further keywords are ignored, as in Rain.
    Of `stdin` and `input_paths`, a label alone will do; without one, it is `stdin`, and `arg0`,
    `arg1`, … among the arguments.
    """

    # size: each of these arguments is one of Rain's
    def __init__(  # noqa: PLR0917 - their order is Rain's
        self,
        args: str | Sequence[str | Input | Output],
        stdout: bool | str | Output | None = None,
        stdin: str | Input | None = None,
        input_paths: Sequence[str | Input] = (),
        output_paths: Sequence[str | Output] = (),
        shell: bool = False,
        *,
        name: str | None = None,
        cpus: int = 1,
        where: Any = None,
        limit: Any = None,
        bundle: Any = None,
    ) -> None:
        listed = [input_paths] if isinstance(input_paths, str | Input) else list(input_paths)
        words = [args] if isinstance(args, str) else list(args)
        named = tuple(_named(word, f"arg{place}") for place, word in enumerate(words))
        self._args = args if isinstance(args, str) else named
        self._stdin = _named(stdin, "stdin", is_word=False)
        self._input_paths = tuple(_named(each, None, is_word=False) for each in listed)
        is_one = isinstance(output_paths, str | Output)
        self._fixed: dict[str, Any] = {
            "stdout": stdout,
            "output_paths": output_paths if is_one else list(output_paths),
            "shell": shell,
            "cpus": cpus,
            "where": where,
            "limit": limit,
            "bundle": bundle,
        }
        self._name = name
        self._labels = self._check()

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the data that a call takes."""
        return self._labels

    def __call__(
        self, /, *data: object, name: str | None = None, session: Owner | None = None, **given: Any
    ) -> Task:
        """Declare a task: the program with these data objects, by the labels of its inputs."""
        if data:
            raise WrongKind(
                f"a Program takes its data by label, as in program({self._example()}), "
                f"not by position: {data[0]!r}"
            )
        missing = [label for label in self._labels if label not in given]
        if missing:
            raise MissingData(
                f"the program needs data for its input {missing[0]!r}: program({self._example()})"
            )

        def fill(item: object) -> Any:
            if not isinstance(item, Input):
                return item
            return dataclasses.replace(item, dataobj=given[str(item.label)])

        return Execute(
            self._args if isinstance(self._args, str) else [fill(item) for item in self._args],
            stdin=None if self._stdin is None else fill(self._stdin),
            input_paths=[fill(item) for item in self._input_paths],
            name=self._name if name is None else name,
            session=session,
            **self._fixed,
        )

    def __repr__(self) -> str:
        command = self._args if isinstance(self._args, str) else " ".join(map(_shown, self._args))
        return f"<Program {command!r}>"

    def _example(self) -> str:
        return ", ".join(f"{label}=…" for label in self._labels)

    def _check(self) -> tuple[str, ...]:
        """The labels in order; raises for what cannot stand in a pattern."""
        args = () if isinstance(self._args, str) else self._args
        inputs = [_check_item(item, place, (str, Input, Output)) for place, item in enumerate(args)]
        inputs += [
            _check_item(item, place, (Input,)) for place, item in enumerate(self._input_paths)
        ]
        inputs += [] if self._stdin is None else [_check_item(self._stdin, 0, (Input,))]
        labels = [_check_label(item) for item in inputs if isinstance(item, Input)]
        twice = next((label for label in labels if labels.count(label) > 1), None)
        if twice is not None:
            raise UsageError(f"two inputs of the program have the label {twice!r}")
        return tuple(labels)


def _named(item: object, label: str | None, *, is_word: bool = True) -> Any:
    """An input with its label; where no words stand, text is the label."""
    if isinstance(item, str) and not is_word:
        return Input(item)
    if isinstance(item, Input) and item.label is None and label is not None:
        return dataclasses.replace(item, label=label)
    return item


def _check_item(item: object, place: int, kinds: tuple[type, ...]) -> object:
    if isinstance(item, DataObject | Task | StandIn):
        raise WrongKind(
            f"{item!r} cannot stand in a Program, which belongs to no session; "
            "write Input('label') in its place, and give the data in the call"
        )
    if not isinstance(item, kinds):
        allowed = " or ".join(kind.__name__ for kind in kinds)
        raise WrongKind(f"{place}. item of the program is {type(item)}, and not {allowed}")
    return item


def _check_label(item: Input) -> str:
    if item.dataobj is not None:
        raise WrongKind(f"Input {item.label!r} of a Program has no dataobj; give it in the call")
    if item.label is None:
        raise UsageError("an Input of a Program needs a label, by which a call gives its data")
    if item.label in {"name", "session"}:
        raise UsageError(f"{item.label!r} is a keyword of every call; label the input otherwise")
    return item.label


def _shown(item: object) -> str:
    show: Callable[[object], str] = str
    if isinstance(item, Input | Output):
        return f"{{{item.label}}}"
    return show(item)

"""Crossflow's `tasks`: commands and functions that take files, and can be called here, too."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from flowlab.compat.crossflow.errors import CalledProcessError, WrongNumber, XflowError
from flowlab.compat.crossflow.futures import Future
from flowlab.compat.crossflow.given import Reader
from flowlab.compat.crossflow.here import run_here
from flowlab.compat.crossflow.running import Body, Command
from flowlab.compat.crossflow.template import (
    DEBUGINFO,
    STDOUT,
    check_names,
    is_pattern,
    variables_of,
)
from flowlab.errors import WrongKind, WrongValue
from flowlab.tasks.code import name_of

__all__ = [
    "DEBUGINFO", "STDOUT", "CalledProcessError", "FunctionTask", "SubprocessTask", "XflowError",
]  # fmt: skip


class _Task:
    """What both have: names of inputs and outputs, in order, and constants by name."""

    def __init__(self) -> None:
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.constants: dict[str, Any] = {}

    def copy(self) -> Self:
        """Another task like this one; to change one does not change the other."""
        other = copy.copy(self)
        other.inputs, other.outputs = list(self.inputs), list(self.outputs)
        other.constants = dict(self.constants)
        return other

    def run(self, *args: Any) -> Any:
        """Run it here and now, in a directory of its own; its only output, or a tuple of all."""
        given = {name: _present(value) for name, value in self.bind(args, Reader()).items()}
        return run_here(self.recipe, given)

    __call__ = run

    @property
    def recipe(self) -> Command | Body:
        """What runs it."""
        raise NotImplementedError

    def bind(self, args: Sequence[Any], reader: Reader) -> dict[str, Any]:
        """What is given to each input, with the constants; paths are read where files are meant.

        Raises WrongNumber when the arguments are too many or too few.
        """
        if len(args) != len(self.inputs):
            raise WrongNumber(
                f"{self!r} takes {len(self.inputs)} arguments ({', '.join(self.inputs) or 'none'}),"
                f" and was given {len(args)}; name its inputs by set_inputs, in order"
            )
        named = zip(self.inputs, args, strict=True)
        return {**{name: self._take(name, arg, reader) for name, arg in named}, **self.constants}

    def _take(self, name: str, value: Any, reader: Reader) -> Any:
        raise NotImplementedError

    def _bind_constant(self, name: str, value: Any) -> None:
        self.constants[name] = value
        self.inputs = [each for each in self.inputs if each != name]

    def _take_names(self, inputs: list[str]) -> None:
        self.inputs = inputs
        self.constants = {n: value for n, value in self.constants.items() if n not in inputs}


class SubprocessTask(_Task):
    """A shell command with files.

    template  the command; the inputs' files stand in its working directory under their names, and
              the outputs' files are taken from there. Of an input that stands in braces, as in
              `tail -n {count} log`, the value is filled in.
    """

    def __init__(self, template: str) -> None:
        super().__init__()
        if "\0" in template:
            raise WrongValue(f"a command cannot hold the character NUL: {template!r}")
        self.template = template

    def set_inputs(self, inputs: list[str]) -> None:
        """Name the inputs, in the order of the arguments; `*` or `?` in a name takes a list."""
        self._take_names(check_names(inputs, "inputs"))

    def set_outputs(self, outputs: list[str]) -> None:
        """Name the outputs, in order; a name with `*` or `?` gives a list of handles.

        STDOUT is what the command wrote, as text; DEBUGINFO is how it ended, and lets it fail
        without an error.
        """
        self.outputs = check_names(outputs, "outputs")

    def set_constant(self, key: str, value: Any) -> None:
        """Give an input its value for all calls; it is none of their arguments any longer."""
        check_names([key], "constants")
        self._bind_constant(key, self._take(key, value, Reader()))

    @property
    def recipe(self) -> Command:
        """What runs it."""
        return Command(self.template, tuple(self.outputs))

    def _take(self, name: str, value: Any, reader: Reader) -> Any:
        """What stands in braces is a value, and everything else a file."""
        if variables_of(self.template, [name]):
            return reader.value(value)
        return reader.input(name, value, many=is_pattern(name))

    def __repr__(self) -> str:
        return f"<SubprocessTask {self.template!r}>"


class FunctionTask(_Task):
    """A Python function whose arguments may be files: it gets their names, and may return names."""

    def __init__(self, func: Callable[..., Any]) -> None:
        super().__init__()
        if not callable(func):
            raise WrongKind(f"a FunctionTask takes a function, not {func!r}")
        self.func = func

    def set_inputs(self, inputs: Sequence[str] | str) -> None:
        """Name the function's parameters, in the order of the arguments."""
        self._take_names(_listed(inputs))

    def set_outputs(self, outputs: Sequence[str] | str) -> None:
        """Name what the function returns, in order; of several it returns a list or tuple."""
        self.outputs = _listed(outputs)

    def set_constant(self, key: str, value: Any) -> None:
        """Give a parameter its value for all calls; it is none of their arguments any longer."""
        self._bind_constant(key, self._take(key, value, Reader()))

    def bind(self, args: Sequence[Any], reader: Reader) -> dict[str, Any]:
        """See `_Task`; a dictionary whose keys are inputs gives these, as in Crossflow."""
        named: dict[str, Any] = {}
        others: list[Any] = []
        for value in args:
            if isinstance(value, Mapping) and value and set(value) <= set(self.inputs):
                named.update(value)
            else:
                others.append(value)
        free = [name for name in self.inputs if name not in named]
        if len(others) > len(free):
            return super().bind(args, reader)  # which raises
        named.update(zip(free, others, strict=False))  # the rest may have defaults
        taken = {name: self._take(name, value, reader) for name, value in named.items()}
        return {**taken, **self.constants}

    @property
    def recipe(self) -> Body:
        """What runs it."""
        return Body(self.func, tuple(self.outputs))

    def _take(self, name: str, value: Any, reader: Reader) -> Any:
        """What names a file is one."""
        return reader.argument(value)

    def __repr__(self) -> str:
        return f"<FunctionTask {name_of(self.func)}>"


def _listed(names: Any) -> list[str]:
    """Names as a list; one may stand alone, as it does in Crossflow's documentation."""
    listed = [names] if isinstance(names, str) else list(names)
    for name in listed:
        if not isinstance(name, str) or not name:
            raise WrongKind(f"inputs and outputs are names, not {name!r}")
    return listed


def _present(value: Any) -> Any:
    """A value without futures: they are waited for."""
    if isinstance(value, Future):
        return value.result()
    if type(value) in {list, tuple}:
        return type(value)(_present(each) for each in value)
    return value

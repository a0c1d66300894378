"""`Execute`: a program as a task, with objects as its files.

Declaring makes a `Plan`; running maps the inputs into the working directory, runs the program, and
moves the outputs out. After Rain's user guide, "Running external programs".
"""

import shlex
from collections.abc import Iterable, Sequence
from typing import Any

from flowlab.errors import UsageError, WrongKind, WrongValue
from flowlab.graph.nodes import DataObject, Task, to_dataobj
from flowlab.graph.owner import Owner
from flowlab.graph.standin import StandIn
from flowlab.model.content import merge_content_types
from flowlab.model.inputs import Input, Output
from flowlab.model.specs import DataType
from flowlab.tasks.program import KIND, Mapped, Plan, encode_plan
from flowlab.tasks.taking import Made

STDIN = ".flowlab-stdin"  # in the working directory: hidden, and no name that a user would choose
STDOUT = ".flowlab-stdout"


# size: each of these arguments is one of Rain's
def Execute(  # noqa: N802, PLR0917 - a class to Rain's users, and their order
    args: str | Sequence[Any],
    stdout: bool | str | Output | None = None,
    stdin: Any = None,
    input_paths: Sequence[Any] = (),
    output_paths: Sequence[str | Output] = (),
    shell: bool = False,
    *,
    name: str | None = None,
    cpus: int = 1,
    where: Any = None,
    limit: Any = None,
    bundle: Any = None,
    stage_point: Any = None,
    session: Owner | None = None,
) -> Task:
    """Run a program in an empty working directory.

    args          a list of strings, `Input`s, `Output`s, objects and tasks; or a command line
    stdout        make an output of what the program prints: True, a label, or an Output
    stdin         object that the program reads on its standard input
    input_paths   further inputs, as files by their paths; an object's is its label
    output_paths  files that the program makes; Output("x*", glob=True), all that match
    shell         give the command to /bin/sh; a string reaches it untouched
    where         the engine by number or the host by name that runs it, or a list of these
    limit         name of a limit of the session that it counts for (`session.limit`), or several
    bundle        files that lie in the working directory: `flowlab.bundle(…)`, or several
    stage_point   by which the outputs go between hosts, in the place of the session's
    """
    draft = _Draft()
    if stdin is not None:
        draft.add_stdin(stdin)
    if stdout is not None and stdout is not False:
        draft.add_stdout(_as_output(stdout))
    for given in _listed(input_paths):
        draft.add_input(given)
    for made in _listed(output_paths):
        draft.add_output(made)
    words = draft.read_args(args, shell=shell)
    command = ["/bin/sh", "-c", " ".join(words)] if shell else words
    if not command or not command[0]:
        raise UsageError("Execute needs a program to run")
    return Task(
        KIND,
        inputs=draft.inputs,
        outputs=draft.outputs,
        config=encode_plan(draft.plan(command)),
        source=command[-1] if shell else shlex.join(command),
        name=name,
        cpus=cpus,
        where=where,
        limit=limit,
        bundle=bundle,
        stage_point=stage_point,
        session=session,
    )


class _Draft:
    """A plan while its arguments are read."""

    def __init__(self) -> None:
        self.inputs: list[tuple[str | None, DataObject]] = []
        self.outputs: list[Output] = []
        self._mapped: list[Mapped] = []
        self._made: list[Made] = []
        self._stdin = ""

    def plan(self, command: Sequence[str]) -> Plan:
        """All of it, for the engine."""
        stdout = STDOUT if any(each.path == STDOUT for each in self._made) else ""
        return Plan(tuple(command), tuple(self._mapped), tuple(self._made), self._stdin, stdout)

    def add_stdin(self, given: Any) -> None:
        """Map an object for the standard input."""
        wanted = given if isinstance(given, Input) else Input(dataobj=given)
        if wanted.path is not None or wanted.data_type is not DataType.BLOB:
            raise UsageError("stdin takes a blob, and no path")
        self._stdin = STDIN
        self._map(wanted, STDIN)

    def add_stdout(self, made: Output) -> None:
        """Make an output of the standard output."""
        if made.path is not None:
            raise UsageError("argument 'path' is not allowed for stdout: it is no file")
        if made.data_type is not DataType.BLOB or made.optional:
            raise UsageError("stdout is a blob that is always made; no directory, and no glob")
        label = "stdout" if made.label is None else made.label
        self._make(made, label, STDOUT)

    def add_input(self, given: object) -> str:
        """Map an `Input`, or an object by its label; gives its path."""
        if isinstance(given, DataObject | Task):
            obj = to_dataobj(given)
            given = Input(obj.label or None, dataobj=obj, data_type=obj.data_type)
        if not isinstance(given, Input):
            raise UsageError(f"input_paths takes Input(…, dataobj=…), not {given!r}")
        return self._map(given, given.path or given.label or self._unused())

    def add_output(self, made: object) -> str:
        """Expect a file; gives its path."""
        if isinstance(made, str):
            made = Output(made)
        if not isinstance(made, Output):
            raise UsageError(f"output_paths takes paths and Outputs, not {made!r}")
        path = made.path or made.label or f"output_{len(self.outputs)}"
        return self._make(made, path if made.label is None else made.label, path)

    def read_args(self, args: str | Sequence[Any], *, shell: bool) -> list[str]:
        """The command's words; objects among them are mapped, and their paths stand for them."""
        if isinstance(args, str):
            return [args] if shell else _split(args)
        quote = shlex.quote if shell else str
        return [self._word(item, place, quote) for place, item in enumerate(args)]

    def _word(self, item: object, place: int, quote: Any) -> str:
        if isinstance(item, str):
            return item
        if isinstance(item, Input):
            return str(quote(self.add_input(item)))
        if isinstance(item, Output):
            return str(quote(self.add_output(item)))
        if isinstance(item, DataObject | Task | StandIn):
            obj = to_dataobj(item)
            wanted = Input(dataobj=obj, data_type=obj.data_type)
            return str(quote(self._map(wanted, self._unused())))
        raise UsageError(
            f"{place}. argument is invalid, it has to be string, Input, or Output, not {type(item)}"
        )

    def _map(self, wanted: Input, path: str) -> str:
        if wanted.dataobj is None:
            raise UsageError(f"Input {wanted.label!r} needs its data: Input(…, dataobj=…)")
        if wanted.load is not None:
            raise UsageError(f"Input {path!r}: load is for Python tasks; a program reads a file")
        obj = to_dataobj(wanted.dataobj)
        if obj.data_type != wanted.data_type:
            raise UsageError(
                f"Input {path!r} expects data type {wanted.data_type}, {obj!r} is {obj.data_type}"
            )
        merge_content_types(obj.content_type or "", wanted.content_type or "")
        obj.hint_size(wanted.size_hint)
        check_path(path)
        if any(mapped.path == path for mapped in self._mapped):
            raise UsageError(f"two inputs are mapped to the path {path!r}")
        self._mapped.append(Mapped(path, wanted.write))
        taken = any(label == wanted.label for label, _ in self.inputs)
        self.inputs.append((None if taken else wanted.label, obj))  # files are told by their paths
        return path

    def _make(self, made: Output, label: str, path: str) -> str:
        if made.encode is not None:
            raise UsageError(
                f"Output {label!r}: encode is for Python tasks; a program writes files"
            )
        check_path(path)
        if any(each.path == path for each in self._made):
            raise UsageError(f"two outputs are made at the path {path!r}")
        self._made.append(Made(path, made.glob, made.optional))
        self.outputs.append(
            Output(
                label,
                content_type=made.content_type,
                size_hint=made.size_hint,
                data_type=made.data_type,
            )
        )
        return path

    def _unused(self) -> str:
        """A path for an input that has none; labels would collide: all blobs are `const`."""
        number = len(self._mapped)
        while any(mapped.path == f"input_{number}" for mapped in self._mapped):
            number += 1
        return f"input_{number}"


def _as_output(stdout: object) -> Output:
    if isinstance(stdout, Output):
        return stdout
    if stdout is not True and not isinstance(stdout, str):
        raise WrongKind(f"stdout is True, a label or an Output, not {stdout!r}")
    return Output("stdout" if stdout is True else stdout)


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:  # a quote that is not closed
        raise WrongValue(f"the command {command!r} cannot be taken apart: {error}") from error


def check_path(path: str) -> None:
    """Raise UsageError unless the path stays in the working directory."""
    parts = set(path.split("/"))
    if path.startswith("/") or parts <= {"", "."} or ".." in parts or "\0" in path:
        raise UsageError(f"{path!r} must be a path inside the task's working directory")


def _listed(given: Iterable[Any]) -> list[Any]:
    is_one = isinstance(given, str | Input | Output | DataObject | Task)
    return [given] if is_one else list(given)

"""What a kind of task is: a name, and how it runs against a `Context`. The register of kinds.

A kind is one file of this room with both halves: a function or class that declares the task in
the active session, and a `Kind` that runs it on an engine. Neither half knows who schedules.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from flowlab.errors import UsageError
from flowlab.graph.types import is_own
from flowlab.model.attributes import TaskAttributes
from flowlab.model.labels import LabeledList
from flowlab.model.specs import ObjectSpec
from flowlab.staging.instance import DataInstance

CHANNEL = "channel"  # the stream of an attended program that is neither of its outputs
CHANNEL_VARIABLE = "FLOWLAB_CHANNEL"  # its descriptor, in the program's environment

Hear = Callable[[str, bytes], None]  # "stdout", "stderr" or CHANNEL, and what came


class Ended(NamedTuple):
    """How a program ended.

    status   its exit status as subprocess gives it
    seconds  how long it took
    usage    `cpu_user`, `cpu_system` (s), `max_rss`, `read`, `written` (bytes), of it and of those
             that it waited for; empty where the system does not say
    """

    status: int
    seconds: float
    usage: dict[str, float]


class Context(Protocol):
    """What a running task may use; given to kinds, and to `@remote` functions as `ctx`.

    spec       the task as declared
    inputs     instances of its inputs, with their labels
    outputs    what is expected, in order, with labels and content types
    sandbox    its working directory, empty at the start; also the process' cwd
    info       its engine (`governor`), and what the task says about itself: `user` (JSON), `error`
    user       `info.user`
    """

    @property
    def spec(self) -> TaskAttributes: ...
    @property
    def inputs(self) -> LabeledList[DataInstance]: ...
    def load_inputs(self) -> list[Any]:
        """A fresh value of each input, in order; raises ContentTypeError."""
        ...

    @property
    def outputs(self) -> Sequence[ObjectSpec]: ...
    @property
    def sandbox(self) -> Path: ...
    @property
    def config(self) -> bytes: ...
    @property
    def info(self) -> Any: ...
    @property
    def user(self) -> dict[str, Any]: ...
    @property
    def function(self) -> Callable[..., Any]:
        """The task's function: the same object for every task of it on this engine."""
        ...

    def debug(self, message: str, *args: object, **kwargs: object) -> None:
        """Say something that people see live; formatted only when there are arguments."""
        ...

    def blob(
        self, value: object, content_type: str | None = None, encode: str | None = None
    ) -> DataInstance:
        """Make an instance of bytes, text, or any value to encode."""
        ...

    def pickled(self, value: object) -> DataInstance:
        """Make an instance of any value by pickle."""
        ...

    def stage_file(self, path: str, content_type: str | None = None) -> DataInstance:
        """Move a file of the working directory out, as an instance."""
        ...

    def stage_directory(self, path: str) -> DataInstance:
        """Move a directory of the working directory out, as an instance."""
        ...

    def lay(self, source: str, target: str) -> None:
        """Make a symbolic link, as `os.symlink` does; quick where many tasks read one file."""
        ...

    def run_program(
        self, args: Sequence[str], stdin: Path | None, stdout: Path | None
    ) -> tuple[int, str]:
        """Run a program in the sandbox as a process group that ends with the task.

        Its stderr (and stdout, unless it goes to a file) are tapped live.
        Returns its exit status as subprocess gives it, and the tail of its stderr.
        """
        ...

    def attend_program(
        self, args: Sequence[str], variables: Mapping[str, str], hear: Hear
    ) -> Ended:
        """Run a program in the sandbox, as above; all that it says goes to `hear` as it comes.

        It may also write to the descriptor whose number it finds in FLOWLAB_CHANNEL.
        variables  for its environment, besides the engine's own
        """
        ...


class Kind(Protocol):
    """How a kind of task runs."""

    @property
    def name(self) -> str: ...

    def run(self, context: Context) -> Sequence[DataInstance]:
        """Do the task; one instance for each declared output, in order.

        An exception is the task's failure. Nothing may be kept from one task to the next.
        """
        ...


OWN = "own"  # runs all types of the user's own

_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known by its name on this side."""
    _kinds[kind.name] = kind
    return kind


def find_kind(name: str) -> Kind:
    """The kind of this name."""
    try:
        return _kinds[OWN if is_own(name) else name]
    except KeyError:
        raise UsageError(
            f"Unknown task type {name!r}; known are {', '.join(sorted(_kinds))}"
        ) from None


def known_kinds() -> Mapping[str, Kind]:
    """All kinds by name."""
    return _kinds

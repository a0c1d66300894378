"""`TaskContext`: what one running task sees; the engine's side of `tasks.kind.Context`."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowlab.errors import UsageError
from flowlab.graph.given import decode_config
from flowlab.graph.types import is_own
from flowlab.model.attributes import TaskAttributes, task_attributes
from flowlab.model.bundles import SHARED, count_own, kind_of_hidden
from flowlab.model.content import PICKLES, check_content_type, text_encoding
from flowlab.model.ids import EngineId
from flowlab.model.labels import LabeledList
from flowlab.model.limits import DEBUG_TEXT
from flowlab.model.specs import DataType, ObjectSpec
from flowlab.staging.directory import write_archive
from flowlab.staging.encoding import encode_large
from flowlab.staging.instance import DataInstance
from flowlab.staging.packed import Packed
from flowlab.staging.store import HostStore
from flowlab.tasks.kind import Ended, Hear
from flowlab.worker.bundles import Bundles, TaskBundle
from flowlab.worker.failure import bounded
from flowlab.worker.guard import Guard
from flowlab.worker.memory import Held, Memory
from flowlab.worker.messages import Job
from flowlab.worker.programs import attend_program, run_program
from flowlab.worker.running import RunningInfo
from flowlab.worker.sandbox import Sandbox
from flowlab.worker.tap import Tap


@dataclass(frozen=True, slots=True)
class Bench:
    """What all tasks of an engine share."""

    memory: Memory
    sandbox: Sandbox
    tap: Tap
    guard: Guard
    engine: EngineId
    store: HostStore
    bundles: Bundles


class TaskContext:
    """One assignment of a task, while it runs."""

    __slots__ = ("_bench", "_held", "_info", "_inputs", "_job", "brought", "config")

    def __init__(self, job: Job, config: bytes, held: Sequence[Held], bench: Bench) -> None:
        self.config = config
        self._job = job
        self._held = held
        self.brought: Sequence[TaskBundle] = ()
        labels = job.spec.labels
        if labels and kind_of_hidden(labels[-1]):
            self._part_hidden(count_own(labels))
        self._bench = bench
        self._inputs: LabeledList[DataInstance] | None = None
        self._info: RunningInfo | None = None

    @property
    def kind(self) -> str:
        """Name of the kind that runs it."""
        return self._job.spec.kind

    @property
    def spec(self) -> TaskAttributes:
        """The task as declared; made at each look, for most never look."""
        config = decode_config(self.config) if is_own(self.kind) else None
        return task_attributes(self._job.spec, config)

    @property
    def outputs(self) -> Sequence[ObjectSpec]:
        return self._job.outputs

    @property
    def sandbox(self) -> Path:
        return self._bench.sandbox.path

    @property
    def inputs(self) -> LabeledList[DataInstance]:
        """Instances of the inputs; made at the first look."""
        if self._inputs is None:
            labels = self._job.spec.labels[: len(self._held)]
            self._inputs = LabeledList(
                [held.instance() for held in self._held],
                [label or None for label in labels] if labels else None,
            )
        return self._inputs

    def load_inputs(self) -> list[Any]:
        """A fresh value of each input, in order; raises ContentTypeError."""
        return [held.load() for held in self._held]

    @property
    def info(self) -> RunningInfo:
        """What the task knows of itself and says about itself; made at the first look."""
        if self._info is None:
            self._info = RunningInfo(self._bench.engine)
        return self._info

    @property
    def user(self) -> dict[str, Any]:
        """What the task says about itself."""
        return self.info.user

    @property
    def function(self) -> Callable[..., Any]:
        """The task's function."""
        bench, key = self._bench, self._job.spec.function
        if self.brought:
            own = bench.bundles.function(key, bench.memory.make_function)
            if own is not None:
                return own
        return bench.memory.function(key)

    def debug(self, message: str, *args: object, **kwargs: object) -> None:
        """Say something that people see live."""
        if not isinstance(message, str):
            raise TypeError(f"ctx.debug takes text, not {type(message).__name__!r}")
        text = message.format(*args, **kwargs) if args or kwargs else message
        self.info.said.append(bounded(text, DEBUG_TEXT))
        self._bench.tap.say("debug", text + "\n")

    def blob(
        self, value: object, content_type: str | None = None, encode: str | None = None
    ) -> DataInstance:
        """Make an instance of bytes, text, or any value to encode.

        Text is what it says it is: of the type `json`, it is the JSON itself, as for `blob`.
        """
        if encode is not None:
            if content_type is not None and content_type != encode:
                raise UsageError(f"encode={encode!r} and content_type={content_type!r} differ")
            return self._encoded(value, encode)
        declared = check_content_type(content_type or "")
        if isinstance(value, bytes | bytearray | memoryview):
            return DataInstance(DataType.BLOB, declared, bytes(value))
        if isinstance(value, str) and declared not in PICKLES:
            if text_encoding(declared or "text"):
                return self._encoded(value, declared or "text")
            return DataInstance(DataType.BLOB, declared, value.encode())
        if declared in PICKLES or declared == "json":
            return self._encoded(value, declared)
        raise UsageError(
            f"ctx.blob takes bytes or text, not {type(value).__name__!r}; "
            "say how to encode it: encode='pickle' or encode='json'"
        )

    def pickled(self, value: object) -> DataInstance:
        """Make an instance of any value by pickle."""
        return self._encoded(value, "pickle")

    def stage_file(self, path: str, content_type: str | None = None) -> DataInstance:
        """Move a file of the working directory out, as an instance."""
        declared = check_content_type(content_type or "")
        inside = self._inside(path)
        if not os.path.isfile(inside):
            raise UsageError(f"stage_file: there is no file {path!r} in the working directory")
        target = self._bench.sandbox.stage()
        os.rename(inside, target)
        return DataInstance(DataType.BLOB, declared, target)

    def stage_directory(self, path: str) -> DataInstance:
        """Move a directory of the working directory out, as an instance."""
        inside = self._inside(path)
        if not os.path.isdir(inside):
            raise UsageError(f"stage_directory: there is no directory {path!r} in the working one")
        archive = self._bench.sandbox.stage()
        with archive.open("xb") as file:
            write_archive(Path(inside), file)
        os.rename(inside, self._bench.sandbox.stage())
        return DataInstance(DataType.DIR, "dir", archive)

    def run_program(
        self, args: Sequence[str], stdin: Path | None, stdout: Path | None
    ) -> tuple[int, str]:
        """Run a program in the sandbox as a process group that ends with the task."""
        bench = self._bench
        return run_program(
            args, self.sandbox, stdin, stdout, bench.tap.say, shelter=bench.guard.shelter
        )

    def lay(self, source: str, target: str) -> None:
        """Make a symbolic link."""
        self._bench.sandbox.links.put(source, target)

    def attend_program(
        self, args: Sequence[str], variables: Mapping[str, str], hear: Hear
    ) -> Ended:
        """Run a program in the sandbox; all that it says goes to `hear` as it comes."""
        shelter = self._bench.guard.shelter
        return attend_program(args, self.sandbox, variables, hear, shelter=shelter)

    @property
    def has_spoken(self) -> bool:
        """Whether the task has looked at what it may say about itself; most never do."""
        return self._info is not None

    def debug_text(self) -> str:
        """All that was said by `debug`."""
        return self._info.debug if self._info else ""

    def user_rows(self) -> dict[str, str]:
        """`user` as JSON; raises UsageError when that cannot be."""
        return self._info.user_rows() if self._info else {}

    def check_error(self) -> None:
        """Raise TaskError when the task has set an error of its own."""
        if self._info is not None:
            self._info.check_error()

    @property
    def has_mapped(self) -> bool:
        """Whether an input was mapped as a file."""
        return self._inputs is not None and any(one.is_mapped for one in self._inputs)

    def check_inputs(self) -> None:
        """Raise StoreError when the task wrote to an input that was mapped for reading."""
        if self._inputs is not None:
            for instance in self._inputs:
                instance.check_links()

    def _part_hidden(self, own: int) -> None:
        """Tell the inputs that the task reads from bundles and shared objects behind them."""
        spec, held = self._job.spec, self._held
        self._held = held[:own]
        self.brought = [
            TaskBundle(kind_of_hidden(label), one, each)
            for label, one, each in zip(
                spec.labels[own:], spec.inputs[own:], held[own:], strict=True
            )
            if kind_of_hidden(label) != SHARED
        ]

    def _inside(self, path: str) -> str:
        if os.path.isabs(path) or ".." in path.split("/"):
            raise UsageError(f"{path!r} must be relative to the task's working directory")
        return os.path.join(self.sandbox, path)

    def _encoded(self, value: object, content_type: str) -> DataInstance:
        """Encoded now: the task may change the value afterwards."""
        data = encode_large(value, content_type)
        if isinstance(data, Packed):
            draft = self._bench.store.draft(data)
            return DataInstance(DataType.BLOB, content_type, draft, packed=True)
        return DataInstance(DataType.BLOB, content_type, data)

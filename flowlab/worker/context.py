"""`TaskContext`: what one running task sees; the engine's side of `tasks.kind.Context`."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowlab.errors import UsageError
from flowlab.model.content import PICKLES
from flowlab.model.labels import LabeledList
from flowlab.model.limits import DEBUG_TEXT
from flowlab.model.specs import DataType, ObjectSpec, TaskSpec
from flowlab.staging.directory import pack_directory
from flowlab.staging.encoding import encode
from flowlab.staging.instance import DataInstance
from flowlab.worker.failure import bounded
from flowlab.worker.memory import Held, Memory
from flowlab.worker.messages import Job
from flowlab.worker.programs import run_program
from flowlab.worker.sandbox import Sandbox
from flowlab.worker.tap import Tap


@dataclass(frozen=True, slots=True)
class Bench:
    """What all tasks of an engine share."""

    memory: Memory
    sandbox: Sandbox
    tap: Tap


class TaskContext:
    """One assignment of a task, while it runs."""

    __slots__ = ("_bench", "_debug", "_held", "_inputs", "_job", "_user", "config")

    def __init__(self, job: Job, config: bytes, held: Sequence[Held], bench: Bench) -> None:
        self.config = config
        self._job = job
        self._held = held
        self._bench = bench
        self._inputs: LabeledList[DataInstance] | None = None
        self._user: dict[str, Any] | None = None
        self._debug: list[str] | None = None

    @property
    def spec(self) -> TaskSpec:
        return self._job.spec

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
            labels = self._job.spec.labels
            self._inputs = LabeledList(
                [held.instance() for held in self._held],
                [label or None for label in labels] if labels else None,
            )
        return self._inputs

    @property
    def user(self) -> dict[str, Any]:
        """What the task says about itself."""
        if self._user is None:
            self._user = {}
        return self._user

    @property
    def function(self) -> Callable[..., Any]:
        """The task's function."""
        return self._bench.memory.function(self._job.spec.function)

    def debug(self, message: str, *args: object, **kwargs: object) -> None:
        """Say something that people see live."""
        if not isinstance(message, str):
            raise TypeError(f"ctx.debug takes text, not {type(message).__name__!r}")
        text = message.format(*args, **kwargs) if args or kwargs else message
        if self._debug is None:
            self._debug = []
        self._debug.append(bounded(text, DEBUG_TEXT))
        self._bench.tap.say("debug", text + "\n")

    def blob(
        self, value: object, content_type: str | None = None, encode: str | None = None
    ) -> DataInstance:
        """Make an instance of bytes, text, or any value to encode."""
        if encode is not None:
            if content_type is not None and content_type != encode:
                raise UsageError(f"encode={encode!r} and content_type={content_type!r} differ")
            return _encoded(value, encode)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return DataInstance(DataType.BLOB, content_type or "", bytes(value))
        if isinstance(value, str):
            return _encoded(value, content_type or "text")
        if content_type in PICKLES or content_type == "json":
            return _encoded(value, content_type or "")
        raise UsageError(
            f"ctx.blob takes bytes or text, not {type(value).__name__!r}; "
            "say how to encode it: encode='pickle' or encode='json'"
        )

    def pickled(self, value: object) -> DataInstance:
        """Make an instance of any value by pickle."""
        return _encoded(value, "pickle")

    def stage_file(self, path: str, content_type: str | None = None) -> DataInstance:
        """Move a file of the working directory out, as an instance."""
        inside = self._inside(path)
        if not inside.is_file():
            raise UsageError(f"stage_file: there is no file {path!r} in the working directory")
        target = self._bench.sandbox.stage()
        inside.rename(target)
        return DataInstance(DataType.BLOB, content_type or "", target)

    def stage_directory(self, path: str) -> DataInstance:
        """Move a directory of the working directory out, as an instance."""
        inside = self._inside(path)
        if not inside.is_dir():
            raise UsageError(f"stage_directory: there is no directory {path!r} in the working one")
        archive = pack_directory(inside)
        inside.rename(self._bench.sandbox.stage())
        return DataInstance(DataType.DIR, "dir", archive)

    def run_program(
        self, args: Sequence[str], stdin: Path | None, stdout: Path | None
    ) -> tuple[int, str]:
        """Run a program in the sandbox as a process group that ends with the task."""
        return run_program(args, self.sandbox, stdin, stdout, self._bench.tap.say)

    def debug_text(self) -> str:
        """All that was said by `debug`."""
        return bounded("\n".join(self._debug), DEBUG_TEXT) if self._debug else ""

    def user_rows(self) -> dict[str, str]:
        """`user` as JSON; raises UsageError when that cannot be."""
        if not self._user:
            return {}
        try:
            return {str(key): json.dumps(value) for key, value in self._user.items()}
        except (TypeError, ValueError) as error:
            raise UsageError(f"what a task says in `user` must be JSON: {error}") from None

    def check_inputs(self) -> None:
        """Raise StoreError when the task wrote to an input that was mapped for reading."""
        if self._inputs is not None:
            for instance in self._inputs:
                instance.check_links()

    def _inside(self, path: str) -> Path:
        if os.path.isabs(path) or ".." in Path(path).parts:
            raise UsageError(f"{path!r} must be relative to the task's working directory")
        return self.sandbox / path


def _encoded(value: object, content_type: str) -> DataInstance:
    return DataInstance(DataType.BLOB, content_type, encode(value, content_type))

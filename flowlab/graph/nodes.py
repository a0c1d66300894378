"""`DataObject` and `Task`: what the user declares, and holds on to.

They know their session only as an `Owner`. A task's outputs come with it: only tasks and constants
are given to `Owner.add`. `wave`, `state` and `info` are written by the owner; `state` and `info`
are as fresh as its last submit, wait or update.
After Rain's user guide, "Task definition and submission".
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from flowlab.errors import UsageError
from flowlab.graph import given
from flowlab.graph.active import active_session
from flowlab.graph.outputs import describe_output, describe_outputs
from flowlab.graph.owner import Owner
from flowlab.graph.place import find_place
from flowlab.graph.standin import StandIn
from flowlab.graph.types import Function, function_of, is_own
from flowlab.graph.user import HasUser, Wave
from flowlab.model.attributes import (
    ObjectAttributes,
    ObjectKnown,
    TaskAttributes,
    object_attributes,
    task_attributes,
)
from flowlab.model.ids import ID, ObjectId, TaskId, split_id
from flowlab.model.inputs import Output
from flowlab.model.labels import LabeledList
from flowlab.model.payload import AnyValue
from flowlab.model.specs import DataType, ObjectSpec, Place, TaskSpec

# size: a task and its objects know each other, and stand together

__all__ = ["DataObject", "Function", "Task", "check_readable", "to_dataobj"]


class DataObject(HasUser):
    """A blob or a directory that a task will make, or that the user made: never changed.

    label  of the output, or an `Output` that says all
    value  bytes of a constant (a directory's archive), or where they lie already; None for a
           task's output
    task   the task that makes it, or None for a constant and for one that no task has taken yet
    user   what the user says about it, JSON; writable until submit
    """

    __slots__ = (
        "__weakref__", "_declared_type", "data_type", "info", "kept", "label", "object_id",
        "size_hint", "task", "value",
    )  # fmt: skip

    def __init__(
        self,
        label: str | Output | None = None,
        session: Owner | None = None,
        data_type: DataType | str = DataType.BLOB,
        content_type: str | None = None,
        *,
        value: bytes | AnyValue | None = None,
    ) -> None:
        owner = session if session is not None else active_session()
        super().__init__(owner)
        described = label
        if not isinstance(described, Output):
            kind = DataType(data_type)
            described = Output(described, content_type=content_type, data_type=kind)
        self.object_id = ObjectId(owner.next_id())
        self.label = described.label or ""
        self.data_type = described.data_type
        self._declared_type = described.content_type or described.encode or ""
        self.size_hint = described.size_hint
        self.value = value
        self.task: Task | None = None
        self.kept = False
        self.info: ObjectKnown | None = None

    @property
    def id(self) -> ID:
        """Session and number."""
        return split_id(self.object_id)

    @property
    def sent_with(self) -> Wave:
        """The wave of the task that makes it; of a constant its own."""
        task = self.task
        return self.wave if task is None else task.wave

    @property
    def content_type(self) -> str | None:
        """What it is as far as `info` knows, else as declared; None when nobody says."""
        known = self.info.content_type if self.info is not None else None
        return known or self._declared_type or None

    def to_spec(self) -> ObjectSpec:
        """What the scheduler is told of it."""
        return ObjectSpec(
            self.object_id,
            self.label,
            self.data_type,
            self._declared_type,
            self.kept,
            self.task is None,
            self.size_hint,
            self.said,
        )

    @property
    def spec(self) -> ObjectAttributes:
        """What was declared of it; its `user` is writable until submit."""
        return object_attributes(msgspec.structs.replace(self.to_spec(), user=self.user))

    def hint_size(self, size: int | None) -> None:
        """Who reads it expects so many bytes; its maker's word and the submit stand above that."""
        if self.size_hint is None and not self.submitted:
            self.size_hint = size

    def keep(self) -> None:
        """Hold it after its task is done, so that it can be fetched; only before submit."""
        if self.submitted:
            raise UsageError(f"cannot keep submitted data object {self!r}; keep it before submit")
        self.kept = True
        self.owner.note_kept(self)

    def unkeep(self) -> None:
        """Let it go, at once: it is removed when no task needs it any longer."""
        if not self.kept:
            raise UsageError(f"Object {self!r} is not kept")
        if self.submitted:
            self.owner.unkeep([self])
        self.kept = False
        self.owner.note_kept(self)

    def is_kept(self) -> bool:
        """Whether it is held."""
        return self.kept

    def check_fetch(self) -> None:
        """Raise UsageError when it may not be fetched."""
        if not self.kept:
            raise UsageError(f"Can't fetch object {self!r} without keep flag.")
        if not self.submitted:
            raise UsageError(f"Object {self!r} is not submitted.")

    def fetch(self) -> Any:
        """Wait for it; its value as a DataInstance."""
        self.check_fetch()
        return self.owner.fetch(self)

    def wait(self) -> None:
        """Wait until it is there."""
        self.owner.wait([self])

    def update(self) -> None:
        """Refresh `state` and `info`."""
        self.owner.update([self])

    def _first_state(self) -> str:
        return "finished" if self.task is None else "unfinished"

    def _last_state(self, ended: Mapping[TaskId, str]) -> str:
        is_there = self.task is None or self.task.task_id not in ended
        return "finished" if is_there else self._state or "unfinished"

    def __repr__(self) -> str:
        label = f" {self.label!r}" if self.label else ""
        return f"<DataObject {self.id}{label}>"

    def __reduce__(self) -> Any:
        raise TypeError(
            f"{self!r} is a promise of data and has no value here; give it to a task as an input"
        )


class Task(HasUser):
    """One piece of work.

    kind     name of the kind that runs it; a class of the user's own says it as TASK_TYPE
    config   what its kind wants to know, encoded by the kind; of a type of one's own, JSON
    inputs   objects with labels, in the kind's order
    outputs  a number, labels, `Output`s, or ready-made objects that no task has taken yet
    where    the engine by number or the host by name that runs it, or a list of these
    limit    name of a limit of its session that it counts for, or several
    alone    no other task may share its batch: it may wait for what others do
    source   what the user wrote, when that is no function: for people
    bundle   a `Bundle` or several, beside those of its session
    shared   references to the shared objects that it holds, beside those of its function
    stage_point  of its outputs, in the place of the session's
    user     what the user says about it, JSON; writable until submit
    """

    __slots__ = (
        "__weakref__", "_inputs", "_outputs", "config", "function", "info", "kind", "name",
        "place", "resources", "retries", "source", "task_id",
    )  # fmt: skip

    TASK_TYPE: ClassVar[str] = ""

    # size: everything that a kind may say of a task, each by name
    def __init__(
        self,
        kind: str = "",
        *,
        inputs: Iterable[Any] = (),
        outputs: "Outputs" = 1,
        config: Any = b"",
        name: str | None = None,
        cpus: int = 1,
        where: Any = None,
        limit: Any = None,
        alone: bool = False,
        function: Function | None = None,
        session: Owner | None = None,
        retries: int | None = None,
        place: Place | None = None,
        source: str = "",
        bundle: Any = None,
        stage_point: Any = None,
        shared: Sequence[Any] = (),
    ) -> None:
        owner = session if session is not None else active_session()
        super().__init__(owner)
        self.kind = kind = given.check_type(kind or self.TASK_TYPE, self)
        self.name = given.check_name(name)
        self.resources = given.check_claims(cpus, where, limit, alone, self)
        own = is_own(kind)
        self.config: bytes = given.encode_config(config, self) if own else config
        self.function = function_of(kind, owner) if own else function
        self.source = source
        self.retries = retries
        self.place = place if place is not None else find_place()
        self.info: Any = None
        self._inputs: LabeledList[DataObject] | None = None
        if inputs:
            self._inputs = LabeledList(pairs=[self._take(item) for item in inputs])
        for label, obj in owner.bundled(kind, bundle):
            self.inputs.append(obj, label)
        if shared or (self.function is not None and self.function.shared):
            self._carry(shared)
        self.task_id = TaskId(owner.next_id())
        listed = _listed(outputs)
        made = [self._make(each, place) for place, each in enumerate(listed)]
        # Most have one, and need no list, which is work for the garbage collector
        is_plain = len(made) == 1 and made[0] is not listed[0]
        self._outputs = made[0] if is_plain else _labeled(made, listed)
        for each in made:
            each.task = self
        if stage_point is not None:
            owner.stage_at(self.outputs, stage_point)
        owner.add(self)

    @property
    def id(self) -> ID:
        """Session and number."""
        return split_id(self.task_id)

    @property
    def inputs(self) -> LabeledList[DataObject]:
        """Objects with labels, in the kind's order."""
        if self._inputs is None:
            self._inputs = LabeledList()
        return self._inputs

    @property
    def reads(self) -> Collection[DataObject]:
        """The same, only to be looked at: most tasks of large graphs have none, and no list."""
        return () if self._inputs is None else self._inputs

    @property
    def outputs(self) -> LabeledList[DataObject]:
        """What it makes: objects with labels, in order."""
        if isinstance(self._outputs, DataObject):
            self._outputs = _labeled([self._outputs])
        return self._outputs

    @property
    def makes(self) -> Collection[DataObject]:
        """The same, only to be looked at, as `reads`."""
        made = self._outputs
        return (made,) if isinstance(made, DataObject) else made

    @property
    def output(self) -> DataObject:
        """Its only output."""
        made = self._outputs
        if isinstance(made, DataObject):
            return made
        if len(made) != 1:
            raise UsageError(f"Task {self!r} has no unique output (outputs={len(made)})")
        return made[0]

    def to_spec(self) -> TaskSpec:
        """What the scheduler is told of it."""
        inputs = self._inputs
        return TaskSpec(
            self.task_id,
            self.kind,
            self.name,
            tuple([obj.object_id for obj in inputs]) if inputs else (),
            tuple([each or "" for each in inputs.labels()]) if inputs and inputs.is_labeled else (),
            tuple([obj.object_id for obj in self.makes]),
            self.resources,
            self.function.key if self.function else "",
            self.retries,
            self.place,
            self.said,
        )

    @property
    def spec(self) -> TaskAttributes:
        """What was declared of it; its `user` is writable until submit."""
        config = given.decode_config(self.config) if is_own(self.kind) else None
        return task_attributes(msgspec.structs.replace(self.to_spec(), user=self.user), config)

    def keep_outputs(self) -> None:
        """Hold all its outputs; only before submit."""
        for output in self.makes:
            output.keep()

    def unkeep_outputs(self) -> None:
        """Let all its outputs go."""
        for output in self.makes:
            output.unkeep()

    def fetch_outputs(self) -> list[Any]:
        """Wait for all its outputs; their values in order."""
        return [output.fetch() for output in self.makes]

    def wait(self) -> None:
        """Wait until it is done."""
        self.owner.wait([self])

    def update(self) -> None:
        """Refresh `state` and `info`."""
        self.owner.update([self])

    def _first_state(self) -> str:
        return "notAssigned"

    def _last_state(self, ended: Mapping[TaskId, str]) -> str:
        return ended.get(self.task_id, "finished")

    def __repr__(self) -> str:
        number = f" {self.id}" if hasattr(self, "task_id") else ""  # while it is being declared
        name = f" {self.name!r}" if self.name else ""
        return f"<Task{number}{name} {self.kind}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"{self!r} has no value here; give its output to a task as an input")

    def _take(self, item: Any) -> tuple[str | None, DataObject]:
        """Label and object of one input, which may be a pair of both."""
        label, thing = item if isinstance(item, tuple) and len(item) == 2 else (None, item)
        obj = thing if type(thing) is DataObject else to_dataobj(thing)
        if obj.owner is not self.owner:
            raise UsageError(
                f"{obj!r} belongs to session {obj.owner.name!r}, {self!r} to {self.owner.name!r}; "
                "fetch it there and pass it as a blob"
            )
        if obj.submitted:
            check_readable(obj, self)
        return label, obj

    def _carry(self, shared: Sequence[Any]) -> None:
        """Have the shared objects as inputs that it does not see."""
        further = self.function.shared if self.function is not None else ()
        inputs, waits = self.owner.carried((*shared, *further))
        for label, obj in inputs:
            self.inputs.append(obj, label)
        if waits:
            self.resources = msgspec.structs.replace(self.resources, alone=True)

    def _make(self, output: "str | Output | DataObject", place: int) -> DataObject:
        """The object of one output."""
        if not isinstance(output, DataObject):
            return DataObject(describe_output(output, place), self.owner)
        if output.owner is not self.owner:
            raise UsageError(
                f"{output!r} belongs to session {output.owner.name!r}, not to {self!r}"
            )
        if output.task is not None or output.value is not None:
            maker = "a constant" if output.task is None else f"made by {output.task!r}"
            raise UsageError(f"{output!r} is {maker} already, and no output of {self!r}")
        output.mark_said()  # its submit is this task's
        return output


Outputs = int | str | Output | DataObject | Sequence[str | Output | DataObject] | None


def _listed(outputs: Outputs) -> Sequence[str | Output | DataObject]:
    if isinstance(outputs, int | str | Output):
        return describe_outputs(outputs)
    if outputs is None:
        return ()
    return [outputs] if isinstance(outputs, DataObject) else list(outputs)


def _labeled(objects: list[DataObject], given: Sequence[Any] = ()) -> LabeledList[DataObject]:
    """With their labels; one that was given ready-made may have none."""
    return LabeledList(
        pairs=[(obj.label or (None if obj in given else ""), obj) for obj in objects]
    )


def to_dataobj(thing: Any) -> DataObject:
    """The object that a thing stands for: itself, or the only output of a task."""
    if isinstance(thing, DataObject):
        return thing
    if isinstance(thing, Task):
        if len(thing.makes) == 1:
            return thing.output
        trouble = "does not have any output" if not thing.makes else "returns multiple outputs"
        raise UsageError(f"{thing!r} {trouble}; name the object that is meant by .outputs[…]")
    if isinstance(thing, StandIn):
        return to_dataobj(thing.output)
    is_plain = isinstance(thing, str | bytes | bytearray | memoryview)
    remedy = "blob(…)" if is_plain else "pickled(…) or blob(…, encode=…)"
    raise UsageError(f"{given.shorten(thing)} is no data object; wrap it in {remedy}")


def check_readable(obj: DataObject, reader: object) -> None:
    """Raise UsageError for an output of an earlier submit that may be gone already."""
    if obj.submitted and not obj.kept and obj.task is not None:
        raise UsageError(
            f"{reader} reads {obj!r}, which was submitted earlier and is not kept; "
            "call keep() on it before its own submit"
        )

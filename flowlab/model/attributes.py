"""What the user sees of tasks and objects, by Rain's names: `spec` as declared, `info` as known.

In JSON, what is None or empty is left out.
After Rain's user guide, "Attributes 'spec' and 'info'".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple, NoReturn

from flowlab.errors import UsageError
from flowlab.model.ids import ID, split_id
from flowlab.model.resources import Resources
from flowlab.model.specs import DataType, ObjectInfo, ObjectSpec, TaskSpec

MISSING = "missing"  # in the `user` of an optional output that its task did not make
DEBUG = "_debug"  # where an object's debug text travels in its `user`; Rain kept `_` for itself


class Fixed(dict[str, Any]):
    """A `user` dictionary that is not to be changed any longer."""

    def _refuse(self, *_args: object, **_values: object) -> NoReturn:
        raise UsageError(
            "`user` is fixed: of a spec since it was submitted, of an info since its task ended"
        )

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = setdefault = pop = popitem = clear = _refuse

    def __reduce__(self) -> Any:
        return Fixed, (dict(self),)


NO_USER = Fixed()


class _Attributes:
    """A dataclass with a form in JSON."""

    def to_json(self) -> dict[str, Any]:
        """As JSON, without what is None or empty."""
        shown = {each.name: getattr(self, each.name) for each in fields(self)}  # type: ignore[arg-type]
        return as_json(shown)


def as_json(shown: Mapping[str, Any]) -> dict[str, Any]:
    """These attributes, without those that are None or empty."""
    plain = {name: _plain(value) for name, value in shown.items()}
    return {name: value for name, value in plain.items() if value not in (None, "", [], {})}


def _plain(value: Any) -> Any:
    if isinstance(value, InputAttributes):
        return as_json(value._asdict())
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, DataType) else value


class InputAttributes(NamedTuple):
    """One input of a task."""

    id: ID
    label: str | None = None


@dataclass(frozen=True, slots=True)
class TaskAttributes(_Attributes):
    """A task's `spec`.

    task_type  which kind of task runs it
    config     what a task class of the user's own said; None for the kinds that come along
    resources  `cpus`; `where` and `limits` when something is said of them
    user       whatever the user says; writable until submit
    """

    id: ID
    task_type: str
    config: Any = None
    inputs: tuple[InputAttributes, ...] = ()
    outputs: tuple[ID, ...] = ()
    resources: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    user: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ObjectAttributes(_Attributes):
    """An object's `spec`; `user` is writable until submit."""

    id: ID
    label: str = ""
    content_type: str | None = None
    data_type: DataType = DataType.BLOB
    size_hint: int | None = None
    user: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ObjectKnown(_Attributes):
    """An object's `info`.

    error         why it was not made; empty when it was, or may be yet
    size          bytes; of a directory, of its archive
    content_type  of what was made: the declared one, or a sub-type of it; None when nobody says
    """

    error: str = ""
    size: int | None = None
    content_type: str | None = None
    debug: str = ""
    user: dict[str, Any] = field(default_factory=lambda: NO_USER)


def task_attributes(spec: TaskSpec, config: Any = None) -> TaskAttributes:
    """What the user sees of a task's spec."""
    labels = spec.labels or ("",) * len(spec.inputs)
    inputs = zip(spec.inputs, labels, strict=True)
    return TaskAttributes(
        split_id(spec.id),
        spec.kind,
        config,
        tuple(InputAttributes(split_id(each), label or None) for each, label in inputs),
        tuple(map(split_id, spec.outputs)),
        _claims(spec.resources),
        spec.name or None,
        spec.user,
    )


def _claims(resources: Resources) -> dict[str, Any]:
    claims: dict[str, Any] = {"cpus": resources.cpus, **dict(resources.amounts)}
    if resources.where:
        claims["where"] = resources.where
    if resources.limits:
        claims["limits"] = resources.limits
    return claims


def object_attributes(spec: ObjectSpec) -> ObjectAttributes:
    """What the user sees of an object's spec."""
    return ObjectAttributes(
        split_id(spec.id),
        spec.label,
        spec.content_type or None,
        spec.data_type,
        spec.size_hint,
        spec.user,
    )


def object_known(info: ObjectInfo) -> ObjectKnown:
    """What the user sees of what was reported of an object."""
    user = dict(info.user)
    debug = str(user.pop(DEBUG, ""))
    return ObjectKnown("", info.size, info.content_type or None, debug, Fixed(user))

"""Brings an object's value into the kernel, and what is known of tasks and objects up to date."""

from collections.abc import Iterable

from flowlab.errors import CannotStore, StoreError, UsageError
from flowlab.events.messages import ObjectsLost, Reported
from flowlab.graph.nodes import DataObject, Task
from flowlab.model.attributes import ObjectKnown
from flowlab.model.limits import DEBUG_TEXT
from flowlab.session.access import Access
from flowlab.session.info import TaskInfo
from flowlab.session.reach import Reach
from flowlab.session.records import ENDED, FINISHED
from flowlab.staging.instance import DataInstance

FETCHES = 3  # times that an object is asked for whose bytes vanish meanwhile


def fetch_object(reach: Reach, access: Access, obj: DataObject) -> DataInstance:
    """Wait for an object; its value. One whose bytes are lost is made again."""
    access.check()
    for left in reversed(range(FETCHES)):
        if obj.task is not None:
            access.wait([obj.task.task_id], lambda: _check_kept(reach, obj))
        try:
            return _load(reach, access, obj)
        except CannotStore:
            raise  # to make it again would be of no use
        except StoreError:
            access.check()
            _check_kept(reach, obj)
            if obj.task is None or not left:
                raise
            # Not to be taken for finished until it was made again
            access.reopen(obj.task.task_id)
            reason = "its bytes could not be read by the kernel"
            reach.link.post(ObjectsLost((obj.object_id,), reason))
    raise AssertionError("the loop returns or raises")


def refresh(reach: Reach, access: Access, item: Task | DataObject) -> None:
    """Write the `state` and `info` that are known now; an info is empty until there is one."""
    if not item.submitted:
        return
    if isinstance(item, Task):

        def append(text: str) -> None:
            append_debug(reach, access, item, text)

        item.info = reach.mirror.task_info(item.task_id, append) or TaskInfo(append=append)
        item.state = access.task_state(item.task_id)
    else:
        maker = item.task.task_id if item.task is not None else None
        item.info = reach.mirror.object_info(item.object_id, maker) or ObjectKnown()
        item.state = access.object_state(item)


def note_ends(access: Access, waited: Iterable[Task | DataObject]) -> None:
    """Write the `state` of what was waited for; its `info` is for an update to bring."""
    for item in waited:
        maker = item if isinstance(item, Task) else item.task
        state = FINISHED if maker is None else access.task_state(maker.task_id)
        if isinstance(item, Task) or state == FINISHED:
            item.state = state


def append_debug(reach: Reach, access: Access, task: Task, text: str) -> None:
    """Add to what is known of a task that ended; returns when all who follow can know it."""
    access.check()
    record = reach.mirror.task(task.task_id)
    if record is None or record.state not in ENDED:
        raise UsageError(f"{task!r} has not ended: until then, ctx.debug adds to its debug text")
    if record.engine is None:
        raise UsageError(f"{task!r} never ran: there is no debug text to append to")
    length = len(record.debug) + len(text)
    if length > DEBUG_TEXT:
        raise UsageError(f"the debug text of {task!r} may have at most {DEBUG_TEXT} characters")
    # As its engine would have said it, had it known: one way for whatever is said of a task
    notes = ((task.task_id, text, dict[str, str]()),)
    reach.link.post(Reported(record.engine, task.owner.session_id, notes=notes))

    def told() -> bool:
        access.check()
        return len(record.debug) >= length

    reach.mirror.wait(told)


def _check_kept(reach: Reach, obj: DataObject) -> None:
    """Nothing makes an object again that nobody wants: to wait for it would be for ever."""
    if not obj.kept or obj.object_id in reach.mirror.removed:
        raise UsageError(f"{obj!r} was un-kept while it was fetched")


def _load(reach: Reach, access: Access, obj: DataObject) -> DataInstance:
    value = reach.link.value(obj.object_id)
    view = reach.store.open(value)
    refresh(reach, access, obj)
    info = reach.mirror.infos.get(obj.object_id)
    content_type = info.content_type if info else ""
    user = dict(info.user) if info else {}
    spec = obj.to_spec()
    content_type = content_type or spec.content_type
    return DataInstance(obj.data_type, content_type, view, spec, user, packed=value.packed)

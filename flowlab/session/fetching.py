"""Brings an object's value into the kernel, and what is known of tasks and objects up to date."""

from flowlab.errors import StoreError, UsageError
from flowlab.events.messages import ObjectsLost
from flowlab.graph.nodes import DataObject, Task
from flowlab.session.access import Access
from flowlab.session.reach import Reach
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
    """Write the `state` and `info` that are known now."""
    if isinstance(item, Task):
        item.info = reach.mirror.task_info(item.task_id)
        item.state = access.task_state(item.task_id) if item.submitted else None
    else:
        item.info = reach.mirror.infos.get(item.object_id)
        item.state = access.object_state(item) if item.submitted else None


def _check_kept(reach: Reach, obj: DataObject) -> None:
    """Nothing makes an object again that nobody wants: to wait for it would be for ever."""
    if not obj.kept or obj.object_id in reach.mirror.removed:
        raise UsageError(f"{obj!r} was un-kept while it was fetched")


def _load(reach: Reach, access: Access, obj: DataObject) -> DataInstance:
    view = reach.store.open(reach.link.value(obj.object_id))
    refresh(reach, access, obj)
    content_type = obj.info.content_type if obj.info else ""
    user = dict(obj.info.user) if obj.info else {}
    return DataInstance(obj.data_type, content_type or obj.content_type, view, obj.to_spec(), user)

"""A snapshot read back into a view, as the front end reads it."""

from itertools import accumulate

from flowlab.model.ids import ObjectId, TaskId
from flowlab.model.resources import ONE_CPU
from flowlab.model.specs import DataType, ObjectSpec, Place, TaskSpec
from flowlab.model.states import State
from flowlab.view.fold import _count
from flowlab.view.picture import ObjectState, ObjectView, TaskView, View


def restored(frame):
    """The view that this snapshot was made of."""
    tasks = {task.id: task for task in _tasks(frame.tasks, frame.words)}
    makers = {each: task.id for task in tasks.values() for each in task.outputs}
    things = {thing.id: thing for thing in _objects(frame.objects, frame.words, makers)}
    return View(
        frame.epoch,
        frame.seq,
        frame.trace_seq,
        tasks,
        things,
        {each.id: each for each in frame.sessions},
        {each.id: each for each in frame.engines},
        _count(tasks),
        frame.notices,
        frame.sources,
    )


def _tasks(c, words):
    labels, resources, retries, users = map(dict, (c.labels, c.resources, c.retries, c.users))
    failures, reasons, causes = map(dict, (c.failures, c.reasons, c.causes))
    for i, task_id in enumerate(accumulate(c.ids)):
        spec = TaskSpec(
            TaskId(task_id),
            words[c.kinds[i]],
            c.names[i],
            tuple(task_id + step for step in c.inputs[i]),
            labels.get(i, ()),
            tuple(task_id + step for step in c.outputs[i]),
            resources.get(i, ONE_CPU),
            words[c.functions[i]],
            retries.get(i),
            Place(words[c.files[i]], c.lines[i], c.cells[i]),
            users.get(i, {}),
        )
        yield TaskView(
            spec,
            State(words[c.states[i]]),
            c.engines[i],
            c.assignments[i],
            c.attempts[i],
            c.began[i],
            c.ended[i],
            failures.get(i),
            reasons.get(i, ""),
            causes.get(i),
        )


def _objects(c, words, makers):
    hints, users = dict(c.hints), dict(c.users)
    for i, object_id in enumerate(accumulate(c.ids)):
        flags = c.flags[i]
        spec = ObjectSpec(
            ObjectId(object_id),
            words[c.labels[i]],
            DataType(words[c.types[i]]),
            words[c.declared[i]],
            bool(flags & 1),
            bool(flags & 2),
            hints.get(i),
            users.get(i, {}),
        )
        state, content = ObjectState(words[c.states[i]]), words[c.contents[i]]
        maker = makers.get(object_id)
        yield ObjectView(spec, state, c.sizes[i], content, maker, bool(flags & 4))

"""Tasks in one line."""

from flowlab.compat.crossflow.tasks import STDOUT, FunctionTask, SubprocessTask


def command(template, inputs=(), outputs=(STDOUT,)):
    task = SubprocessTask(template)
    task.set_inputs(list(inputs))
    task.set_outputs(list(outputs))
    return task


def function(body, inputs=(), outputs=("out",)):
    task = FunctionTask(body)
    task.set_inputs(list(inputs))
    task.set_outputs(list(outputs))
    return task

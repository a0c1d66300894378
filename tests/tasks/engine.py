"""Runs declared tasks here and now: each in an empty directory, with what travels as bytes only."""

import contextlib
import os
import pickle
import subprocess
from pathlib import Path

from flowlab.model.bundles import count_own
from flowlab.model.ids import EngineId
from flowlab.model.labels import LabeledList
from flowlab.model.payload import Inline
from flowlab.model.specs import DataType
from flowlab.staging.directory import pack_directory
from flowlab.staging.encoding import encode as encode_value
from flowlab.staging.instance import DataInstance
from flowlab.staging.unpacked import Unpacked
from flowlab.tasks.kind import find_kind
from flowlab.worker.programs import attend_program
from flowlab.worker.running import RunningInfo


class Engine:
    """Implements Context for one task at a time; keeps what tasks made, as an engine does."""

    def __init__(self, place: Path):
        self.place = place
        self.made = {}
        self.said = []
        self.user = {}
        self.info = RunningInfo(EngineId(0))
        self._functions = {}
        self._runs = 0

    def run(self, task):
        """Run a task and, before it, what it reads; gives its instances."""
        for obj in task.inputs:
            if obj.task is not None and obj.object_id not in self.made:
                self.run(obj.task)
        self._start(task)
        with contextlib.chdir(self.sandbox):
            instances = find_kind(task.kind).run(self)
        for instance in self.inputs:
            instance.check_links()
        assert len(instances) == len(task.outputs)
        for output, instance in zip(task.outputs, instances, strict=True):
            assert instance.data_type == output.data_type
            self.made[output.object_id] = self._kept(output, instance)
        return [self.made[output.object_id] for output in task.outputs]

    def value(self, task):
        """The value of a task's only output."""
        (instance,) = self.run(task)
        return instance.load()

    def load_inputs(self):
        return [instance.load() for instance in self.inputs]

    def _start(self, task):
        self._runs += 1
        self.sandbox = self.place / f"run{self._runs}"
        self.sandbox.mkdir()
        self.spec = task.spec
        self.config = task.config
        self.outputs = [output.to_spec() for output in task.outputs]
        own = count_own([label or "" for label in task.inputs.labels()])
        given = [(label, self._instance(obj)) for label, obj in task.inputs.items()]
        self.inputs = LabeledList(pairs=given[:own])
        for number, (_, instance) in enumerate(given[own:]):
            Unpacked(instance, self.place / f"bundle{self._runs}-{number}").lay_out(self.sandbox)
        self._function = task.function

    def _instance(self, obj):
        if obj.task is None:
            value = obj.value if isinstance(obj.value, Inline) else Inline(obj.value)
            return DataInstance(
                obj.data_type, obj.content_type, value.data, obj.to_spec(), packed=value.packed
            )
        data = self.made[obj.object_id]
        return DataInstance(
            data.data_type, data.content_type, data.source, obj.to_spec(), dict(data.user)
        )

    def _kept(self, output, instance):
        """As a store would: in a read-only file."""
        path = self.place / f"object{output.object_id}"
        path.write_bytes(instance.get_bytes())
        path.chmod(0o400)
        kind = instance.content_type or output.content_type
        return DataInstance(instance.data_type, kind, path, output.to_spec(), dict(instance.said()))

    @property
    def function(self):
        key = self._function.key
        if key not in self._functions:
            self._functions[key] = pickle.loads(self._function.data)
        return self._functions[key]

    def debug(self, message, *args, **kwargs):
        self.said.append(message.format(*args, **kwargs) if args or kwargs else message)

    def blob(self, value, content_type=None, encode=None):
        if encode:
            return DataInstance(DataType.BLOB, encode, encode_value(value, encode))
        data = value.encode() if isinstance(value, str) else value
        return DataInstance(DataType.BLOB, content_type or "", data)

    def pickled(self, value):
        return self.blob(value, encode="pickle")

    def stage_file(self, path, content_type=None):
        staged = self.place / f"staged{len(os.listdir(self.place))}"
        (self.sandbox / path).rename(staged)
        return DataInstance(DataType.BLOB, content_type or "", staged)

    def stage_directory(self, path):
        return DataInstance(DataType.DIR, "dir", pack_directory(self.sandbox / path))

    def lay(self, source, target):
        os.symlink(source, target)

    def run_program(self, args, stdin, stdout):
        with contextlib.ExitStack() as files:
            source = files.enter_context(open(stdin or os.devnull, "rb"))
            target = files.enter_context(open(stdout or os.devnull, "wb"))
            done = subprocess.run(
                args, cwd=self.sandbox, stdin=source, stdout=target, stderr=-1, check=False
            )
        return done.returncode, done.stderr.decode()

    def attend_program(self, args, variables, hear):
        return attend_program(args, self.sandbox, variables, hear)

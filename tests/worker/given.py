"""Tasks that have bundles, for a loop of a workshop."""

from flowlab.model.bundles import FILES, MODULES, hidden_label
from flowlab.model.payload import Inline
from flowlab.model.specs import DataType, ObjectInfo, ObjectSpec
from flowlab.staging.bundle import Member, pack_bundle
from flowlab.worker.messages import Brought
from tests.worker.workshop import batch, job, object_id


class Given:
    """Bundles as they come to an engine, by numbers of objects."""

    def __init__(self):
        self.values, self.brought, self.kinds = {}, [], {}

    def add(self, number, kind, user=None, **files):
        made = pack_bundle(
            kind, [Member(name.replace("__", "/"), text.encode()) for name, text in files.items()]
        )
        one = object_id(number)
        self.values[one] = Inline(bytes(made.archive))
        spec = ObjectSpec(one, "bundle", DataType.DIR, "dir", constant=True, user=user or {})
        self.brought.append(Brought(spec, ObjectInfo(one, made.size, "dir")))
        self.kinds[one] = kind
        return self

    def files(self, number, **files):
        return self.add(number, FILES, **files)

    def modules(self, number, **sources):
        return self.add(number, MODULES, **{f"{name}.py": text for name, text in sources.items()})

    def job(self, number, *bundles, inputs=(), **more):
        """A task with these bundles."""
        hidden = [object_id(one) for one in bundles]
        labels = [hidden_label(self.kinds[one], place) for place, one in enumerate(hidden)]
        plain = job(number, inputs=[*inputs, *hidden], publish=True, **more)
        fields = {name: getattr(plain.spec, name) for name in plain.spec.__struct_fields__}
        fields["labels"] = (*[""] * len(inputs), *labels)
        return type(plain)(
            type(plain.spec)(**fields), plain.assignment, plain.outputs, plain.publish, plain.urgent
        )

    def batch(self, jobs, calls, **more):
        plain = batch(jobs, calls, values={**self.values, **more.pop("values", {})}, **more)
        fields = {name: getattr(plain, name) for name in plain.__struct_fields__}
        return type(plain)(**{**fields, "brought": tuple(self.brought)})

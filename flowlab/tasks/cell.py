"""A notebook cell as a task.

Its source runs in a namespace of its own, made of what it read from the notebook: inputs, freshly
decoded, and captured values. Functions of the notebook see that namespace as their globals, as they
would have seen the notebook's.
"""

import __future__

import ast
import builtins
import hashlib
import pickle
from collections.abc import Mapping, Sequence
from types import CodeType, FunctionType
from typing import Any

import cloudpickle
import msgspec

from flowlab.errors import CellError, ContentTypeError, UsageError
from flowlab.graph.active import active_session
from flowlab.graph.nodes import DataObject, Function, Task
from flowlab.graph.owner import Owner
from flowlab.model.inputs import Output
from flowlab.model.limits import CAPTURED_VALUE, KIB
from flowlab.model.specs import DataType, Place
from flowlab.staging.instance import DataInstance
from flowlab.tasks.kind import Context, register
from flowlab.tasks.lines import remember_lines
from flowlab.tasks.pickling import dumps
from flowlab.tasks.syntax import parse

KIND = "cell"
_FUTURES = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)


class CellCode:
    """A cell's source, ready to run; the same for all tasks of it on an engine.

    where  how people call the cell, such as `In [3]`
    """

    def __init__(self, name: str, where: str, source: str) -> None:
        self.name = name
        self.where = where
        self.source = source
        self.filename = where if where.startswith("<") else f"<flowlab {name} {where}>"
        self._body, self._last = _compile(source, self.filename)
        remember_lines(self.filename, source)

    def __reduce__(self) -> Any:
        return CellCode, (self.name, self.where, self.source)

    def __call__(self, namespace: dict[str, Any]) -> Any:
        """Run it; gives the value of its last expression, or None."""
        exec(self._body, namespace)  # noqa: S102 - to run the user's cell is the point
        return None if self._last is None else eval(self._last, namespace)  # noqa: S307

    @property
    def has_value(self) -> bool:
        """Whether the last statement is an expression."""
        return self._last is not None


class _Cell(msgspec.Struct, frozen=True, array_like=True):
    """What travels with a task.

    reads     name of each input
    captured  pickle of the captured values by name
    home      name of a captured function whose globals are the notebook's, or empty
    last      label of the output that the last expression makes, or empty
    """

    reads: tuple[str, ...]
    captured: bytes
    home: str
    last: str


# size: all that makes a cell a task, each by name
def declare_cell(
    *,
    name: str,
    source: str,
    filename: str,
    reads: Mapping[str, DataObject],
    captured: Mapping[str, object],
    outputs: Sequence[str],
    last_value: str | None = None,
    cpus: int = 1,
    where: Any = None,
    limit: Any = None,
    bundle: Any = None,
    session: Owner | None = None,
    place: Place | None = None,
) -> Task:
    """Declare a cell as a task.

    filename    how people call the cell, such as `In [3]`
    reads       name in the cell -> the object that it stands for
    captured    name in the cell -> a value of the notebook, pickled now
    outputs     names whose values become outputs, under the same labels
    last_value  label of one more output: the value of the last expression
    """
    code = CellCode(name, filename, source)
    if last_value is not None and not code.has_value:
        raise CellError(
            f"task {name!r} ({filename}) makes nothing: it has no -o, and its last line is no "
            "expression; end it with a value, or name its outputs by -o"
        )
    labels = [*outputs, *([] if last_value is None else [last_value])]
    owner = session if session is not None else active_session()
    packed, shared = _pack_captured(captured, code, owner)
    config = _Cell(tuple(reads), packed, _find_home(captured), last_value or "")
    data = pickle.dumps(code, 5)
    return Task(
        KIND,
        inputs=list(reads.items()),
        outputs=[Output(label, content_type="pickle") for label in labels],
        config=msgspec.msgpack.encode(config),
        name=name,
        cpus=cpus,
        where=where,
        limit=limit,
        bundle=bundle,
        function=Function(hashlib.blake2b(data, digest_size=16).hexdigest(), data, source),
        session=owner,
        place=place,
        shared=shared,
    )


class _RunCell:
    name = KIND

    def run(self, context: Context) -> Sequence[DataInstance]:
        config = msgspec.msgpack.decode(context.config, type=_Cell)
        code = context.function
        if not isinstance(code, CellCode):
            raise UsageError(f"task {context.spec.name!r} was sent as a cell and is none")
        captured: dict[str, Any] = pickle.loads(config.captured)
        namespace = captured[config.home].__globals__ if config.home else {}
        namespace.update(captured)
        brought = frozenset(namespace)
        for name, instance in zip(config.reads, context.inputs, strict=True):
            namespace[name] = _value(instance)
        namespace.update(
            __name__="__main__", __builtins__=builtins, __file__=code.filename, ctx=context
        )
        last = code(namespace)
        values = {config.last: last} if config.last else {}
        made = [
            _encode(context, code, spec.label, _find(code, spec.label, values, namespace))
            for spec in context.outputs
        ]
        # Functions of the cell hold the namespace, and it them: large values would wait for gc.
        # What came with the captured values stays: classes that outlive the task look there.
        for name in namespace.keys() - brought:
            del namespace[name]
        namespace.update(captured)
        return made


register(_RunCell())


def _compile(source: str, filename: str) -> tuple[CodeType, CodeType | None]:
    """Code of the statements, and of the last expression if there is one."""
    try:
        tree = parse(source, filename)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        body = compile(tree, filename, "exec", dont_inherit=True)
        if not isinstance(last, ast.Expr):
            return body, None
        futures = body.co_flags & _FUTURES
        value = ast.Expression(last.value)
        return body, compile(value, filename, "eval", futures, dont_inherit=True)
    except SyntaxError as error:
        line = (error.text or "").strip()
        raise CellError(f"{filename}, line {error.lineno}: {error.msg}: {line}") from None


def _value(instance: DataInstance) -> Any:
    """What an input is in the cell: its value; a directory and untyped data stay as they are."""
    if instance.data_type is DataType.DIR and not instance.missing:
        return instance
    is_value = instance.content_type or instance.missing
    return instance.load() if is_value else instance.get_bytes()


def _find(code: CellCode, label: str, values: dict[str, Any], namespace: dict[str, Any]) -> Any:
    if label in values:
        return values[label]
    try:
        return namespace[label]
    except KeyError:
        raise CellError(
            f"cell {code.name!r} ({code.where}) never assigned its output {label!r}; "
            f"assign it at the cell's top level, or leave out `-o {label}`"
        ) from None


def _encode(context: Context, code: CellCode, label: str, value: Any) -> DataInstance:
    if isinstance(value, DataInstance):
        # An input handed on, or ctx.stage_directory: its type must be the declared one
        return value
    try:
        return context.pickled(value)
    except ContentTypeError as error:
        raise ContentTypeError(
            f"cell {code.name!r} ({code.where}): its output {label!r} of type "
            f"{type(value).__name__!r} cannot be pickled ({error.__cause__}); "
            "output plain data instead, and make the rest from it where it is needed"
        ) from error


def _pack_captured(
    captured: Mapping[str, object], code: CellCode, owner: Owner
) -> tuple[bytes, Sequence[Any]]:
    """One pickle, so that values which share something still share it on the engine.

    And the shared objects in it.
    """
    try:
        data, shared = dumps(dict(captured), owner)
    except UsageError:
        raise
    except Exception as error:  # a value's own __reduce__ may raise anything
        raise _blame(captured, code, error) from error
    if len(data) > CAPTURED_VALUE:
        _check_sizes(captured, code)
    return data, shared


def _blame(captured: Mapping[str, object], code: CellCode, error: Exception) -> CellError:
    """Say which captured value cannot be pickled."""
    for name, value in captured.items():
        try:
            cloudpickle.dumps(value, 5)
        except Exception as reason:  # noqa: BLE001 - see _pack_captured
            return CellError(
                f"task {code.name!r} ({code.where}) reads {name!r}, a {type(value).__name__} of "
                f"this notebook that cannot be pickled: {type(reason).__name__}: {reason}; "
                "make it in the cell, or read plain data"
            )
    return CellError(f"task {code.name!r} ({code.where}): {type(error).__name__}: {error}")


def _check_sizes(captured: Mapping[str, object], code: CellCode) -> None:
    for name, value in captured.items():
        size = len(cloudpickle.dumps(value, 5))
        if size > CAPTURED_VALUE:
            raise UsageError(
                f"task {code.name!r} ({code.where}) reads {name!r}, a {type(value).__name__} of "
                f"{size} bytes when pickled; at most {CAPTURED_VALUE // KIB} KiB travel with a "
                f"task (limits.CAPTURED_VALUE): make it an object, {name} = pickled({name}), or "
                "blob(…) for bytes and text"
            )


def _find_home(captured: Mapping[str, object]) -> str:
    """The function that was defined in the notebook, if any: most captured values are its globals.

    Others may come from modules, or from another task's result.
    """
    found = {
        name: sum(value.__globals__.get(other) is each for other, each in captured.items())
        for name, value in captured.items()
        if isinstance(value, FunctionType) and value.__module__ == "__main__"
    }
    return max(found, key=found.__getitem__, default="")

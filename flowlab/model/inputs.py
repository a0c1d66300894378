"""`Input` and `Output`: how a task's inputs and outputs are described where it is declared.

After Rain's user guide, "Inputs" and "Outputs".
"""

import math
from dataclasses import dataclass, field
from typing import Any

from flowlab.errors import UsageError, WrongValue
from flowlab.model.content import check_content_type
from flowlab.model.specs import DataType


class _Described:
    """What is checked of both."""

    label: str | None
    content_type: str | None
    size_hint: int | None

    def __post_init__(self) -> None:
        if self.label is not None and not isinstance(self.label, str):
            raise UsageError(f"a label is a string, not {self.label!r}")
        check_content_type(self.content_type or "")
        if self.size_hint is not None:
            object.__setattr__(self, "size_hint", _whole_bytes(self.size_hint))


@dataclass(frozen=True)
class Input(_Described):
    """One input of a task; in Rain's order, for whoever does not name what is given.

    path       name of the file in the working directory; the label by default
    dataobj    the object itself, where the task is declared with its data
    load       give a Python task the value rather than the DataInstance
    write      map a fresh copy that the task may change, not a read-only link
    size_hint  bytes to expect; told to the object when it has no hint of its own yet
    """

    label: str | None = None
    path: str | None = None
    dataobj: Any = None
    load: bool | None = None
    content_type: str | None = None
    write: bool = False
    size_hint: int | None = field(default=None, kw_only=True)
    data_type: DataType = field(default=DataType.BLOB, kw_only=True)


@dataclass(frozen=True, kw_only=True)
class Output(_Described):
    """One output of a task.

    path       name of the file in the working directory; the label by default
    encode     content type by which a Python task's plain value is encoded
    size_hint  bytes to expect
    glob       of a program: `path` is a pattern; a directory object of the files that it makes and
               that match, none or many
    optional   of a program: when it makes no such file, the object is `missing`
    """

    label: str | None = field(default=None, kw_only=False)
    path: str | None = None
    content_type: str | None = None
    size_hint: int | None = None
    encode: str | None = None
    data_type: DataType = DataType.BLOB
    glob: bool = False
    optional: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.glob:
            self._check_glob()
        check_content_type(self.encode or "")
        if self.encode and self.content_type and self.encode != self.content_type:
            raise WrongValue(
                f"encode={self.encode!r} and content_type={self.content_type!r} differ; "
                "give one of them"
            )

    def _check_glob(self) -> None:
        if not (self.path or self.label):
            raise WrongValue("Output(glob=True) needs a pattern, as in Output('x*', glob=True)")
        if self.optional or self.content_type or self.encode:
            raise WrongValue(
                f"Output({self.path or self.label!r}, glob=True) is a directory object, which may "
                "hold nothing; leave optional, content_type and encode out"
            )
        object.__setattr__(self, "data_type", DataType.DIR)


def InputDir(*described: Any, **named: Any) -> Input:  # noqa: N802 - a class to Rain's users
    """An input that is a directory; takes what `Input` takes."""
    return Input(*described, data_type=DataType.DIR, **named)


def OutputDir(label: str | None = None, **described: Any) -> Output:  # noqa: N802 - a class to Rain's users
    """An output that is a directory."""
    return Output(label, data_type=DataType.DIR, **described)


def _whole_bytes(hint: object) -> int:
    """A size as it travels: Rain's users hint with fractions, too."""
    is_number = isinstance(hint, int | float) and not isinstance(hint, bool)
    if is_number and 0 <= float(str(hint)) < math.inf:  # not NaN, and no end of bytes
        return math.ceil(float(str(hint)))
    raise WrongValue(f"size_hint is a number of bytes, 0 or more, not {hint!r}")

"""From an exception to a `Failure`: bounded text, made where the task failed.

Nothing here may raise, whatever the exception is: its `__str__` may raise, it may hold 50 MB of
text or a hundred thousand frames. Only the user's own frames are shown.
"""

import os
import sysconfig
import traceback
from collections.abc import Iterator
from types import TracebackType

from flowlab.errors import FlowlabError
from flowlab.model.limits import ERROR_TEXT, KIB
from flowlab.model.specs import Failure

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_NOT_THE_USERS = tuple(
    f"{os.sep}{package}{os.sep}" for package in ("ipyparallel", "ipykernel", "cloudpickle")
)
_PYTHON = sysconfig.get_path("stdlib") + os.sep
_MESSAGE = 4 * KIB  # bytes of the one line; the rest is the traceback's
_NOTE = 300  # characters of a note that stand in the one line
_FRAMES = 200  # of a stack, the newest


def make_failure(error: BaseException, debug: str = "") -> Failure:
    """What people are told of an exception that a task raised."""
    try:
        said = bounded(debug, ERROR_TEXT)
        story = traceback.TracebackException(
            type(error), error, _users(error.__traceback__), limit=-_FRAMES, compact=True
        )
        parts = list(_parts(story, set()))
        for part in parts:
            part.stack[:] = [frame for frame in part.stack if not is_ours(frame.filename)]
        if isinstance(error, FlowlabError) and not any(map(_touches_users, parts)):
            ours = _noted(str(error), error)  # in full
            return Failure(bounded(ours, ERROR_TEXT - _MESSAGE), "", said)
        message = _one_line(error)
        text = bounded("".join(story.format()), ERROR_TEXT - _MESSAGE)
        return Failure(message, text, said, _line(story, error))
    except Exception as odd:  # noqa: BLE001 - an exception can be built so that nothing works
        return Failure(f"{type(error).__name__} (it cannot be shown: {type(odd).__name__})")


def bounded(text: str, limit: int) -> str:
    """The text in at most about `limit` bytes of UTF-8: the middle of a longer one is left out."""
    if len(text) > limit:
        half = limit // 2
        left_out = len(text) - 2 * half
        text = f"{text[:half]}\n… {left_out} characters left out …\n{text[-half:]}"
    data = text.encode("utf-8", "backslashreplace")  # lone surrogates cannot travel
    if len(data) > limit + KIB:
        half = limit // 2
        data = (
            data[:half] + f"\n… {len(data) - 2 * half} bytes left out …\n".encode() + data[-half:]
        )
    return data.decode("utf-8", "replace")


def is_ours(filename: str) -> bool:
    """Whether a frame belongs to the machinery and not to the user."""
    return filename.startswith(_HERE) or any(part in filename for part in _NOT_THE_USERS)


def _touches_users(part: traceback.TracebackException) -> bool:
    """Whether the exception passed through code that is neither ours nor Python's own."""
    names = [frame.filename for frame in part.stack]
    return any(not name.startswith(_PYTHON) or "-packages" in name for name in names)


def _users(frames: TracebackType | None) -> TracebackType | None:
    """Leave out our frames at the front, so that the limit counts the user's."""
    while frames is not None and is_ours(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    return frames


def _parts(
    story: traceback.TracebackException, seen: set[int]
) -> Iterator[traceback.TracebackException]:
    """The exception with its causes, contexts and members."""
    waiting = [story]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        waiting += [more for more in (part.__cause__, part.__context__) if more is not None]
        waiting += part.exceptions or []


def _one_line(error: BaseException) -> str:
    name = type(error).__qualname__
    text = error.msg or "" if isinstance(error, SyntaxError) else _text(error)
    line = _noted(" ".join(text[: 4 * _MESSAGE].split()), error)
    whole = bounded(f"{name}: {line}" if line else name, _MESSAGE - KIB)
    return " ".join(whole.splitlines())


def _noted(line: str, error: BaseException) -> str:
    """A line with what was added to the exception on its way, as which call of a map it was."""
    notes = getattr(error, "__notes__", None)
    if not notes or not isinstance(notes, list):
        return line
    told = (" ".join(note[:_NOTE].split()) for note in notes if isinstance(note, str))
    return f"{line} ({'; '.join(told)})".strip()


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - the exception's own __str__
        return "(its text cannot be shown: __str__ raised)"


def _line(story: traceback.TracebackException, error: BaseException) -> int:
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return error.lineno
    return (story.stack[-1].lineno or 0) if story.stack else 0

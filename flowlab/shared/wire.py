"""What proxies and servers say to each other, as bytes.

Requests and replies have the form of `multiprocessing.managers`; what is in them is pickled by
value where it was defined in a notebook, so that neither end needs the other's modules.
"""

import io
import pickle
import traceback
from multiprocessing.managers import BaseProxy
from typing import Any, NamedTuple

import cloudpickle
import msgspec

from flowlab.errors import SharedObjectError, UsageError

_PROTOCOL = 5
_OURS = 3  # frames of the server above those of the object
SERVER = ""  # the ident of the server itself

RETURN = "#RETURN"
ITSELF = "#SELF"  # the method gave the object that it belongs to
ERROR = "#ERROR"
CANCELLED = "#CANCELLED"  # the wait was given up, and nothing was taken

_VIEWS = tuple(type(getattr({}, name)()) for name in ("keys", "values", "items"))


class Holder(msgspec.Struct, frozen=True):
    """Who is at the other end of a connection, for people.

    engine  that it is on; None in the notebook
    task    whose it is; empty between tasks
    """

    engine: int | None = None
    task: str = ""

    def __str__(self) -> str:
        place = "the notebook" if self.engine is None else f"engine {self.engine}"
        return f"{self.task} on {place}" if self.task else place


class Request(NamedTuple):
    """One call of a method."""

    ident: str
    method: str
    args: tuple[Any, ...] = ()
    kwds: dict[str, Any] = {}  # noqa: RUF012 - never changed


Reply = tuple[str, Any]


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc] # cloudpickle has no types
    """Refuses proxies of other managers: whoever took one out would not have its key."""

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, BaseProxy) and vars(thing).get("_authkey"):
            raise UsageError(
                f"a {type(thing).__name__} of a manager of your own cannot be put into a shared "
                "object, since its key stays where it is: give it to tasks as it is, and the "
                "notebook passes its calls on; or make the object by session.shared(…)"
            )
        return super().reducer_override(thing)


def encode(thing: Any) -> bytes:
    """Pickle what goes out."""
    buffer = io.BytesIO()
    _Pickler(buffer, _PROTOCOL).dump(thing)
    return buffer.getvalue()


def decode(data: bytes) -> Any:
    """What came in; only after the other end has proved its key."""
    return pickle.loads(data)


def decode_request(data: bytes) -> Request:
    """A request; SharedObjectError when what is in it cannot be made again here."""
    try:
        return Request(*decode(data))
    except BaseException as error:  # a value's own functions may raise anything
        raise SharedObjectError(
            "an argument cannot be made again in the process of the shared object: "
            f"{type(error).__name__}: {error}; give plain data, or what can be imported there"
        ) from error


def encode_reply(kind: str, value: Any) -> bytes:
    """Pickle a reply; one that cannot be is an error that says so."""
    if isinstance(value, _VIEWS):
        value = list(value)
    try:
        data = encode((kind, value))
        if kind == ERROR:
            decode(data)  # many an exception can be pickled and not be made again
        return data
    except Exception as error:  # noqa: BLE001 - a value's own __reduce__ may raise anything
        if kind == ERROR:
            raised, frames = value
            stand_in = SharedObjectError(f"{type(raised).__name__}: {raised}")
            return encode((ERROR, (stand_in, frames)))
        what = f"what the method gave, a {type(value).__name__}, cannot be pickled"
        told = f"{what}: {type(error).__name__}: {error}; let it give plain data"
        return encode((ERROR, (SharedObjectError(told), "")))


def told_error(error: BaseException) -> tuple[BaseException, str]:
    """An exception as it travels: itself, and where in the object it was raised, as text."""
    frames = "".join(traceback.format_tb(error.__traceback__)[_OURS:])
    return error.with_traceback(None), frames

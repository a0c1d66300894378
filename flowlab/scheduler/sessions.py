"""Sessions: opened, limited, un-kept, cancelled, closed."""

from flowlab.events.messages import CancelRequested, LimitSet, SessionClosed, SessionOpened, Unkept
from flowlab.scheduler.books import Books
from flowlab.scheduler.endings import cancel, cancel_all
from flowlab.scheduler.records import Limit, Session
from flowlab.scheduler.removal import loosen


def open_session(books: Books, fact: SessionOpened) -> None:
    """A session begins; said twice, it is the same one."""
    if fact.session not in books.sessions:
        books.sessions[fact.session] = Session(fact.session, fact.name, fact.on_error)


def close_session(books: Books, fact: SessionClosed) -> None:
    """A session is over: its tasks are stopped, its objects dropped, its records removed.

    What engines still hold of it keeps its claim until they have settled it.
    """
    session = books.sessions.get(fact.session)
    if session is None:
        return
    cancel_all(books, session, fact.reason or "the session was closed")
    books.drop(thing.id for thing in session.objects.values() if thing.available)
    del books.sessions[fact.session]
    books.end_session(fact.session)


def unkeep(books: Books, fact: Unkept) -> None:
    """The user does not need these objects any longer."""
    session = books.sessions.get(fact.session)
    if session is None:
        return
    for object_id in fact.objects:
        thing = session.objects.get(object_id)
        if thing is not None and thing.kept:
            thing.kept = False
            loosen(books, session, thing)


def set_limit(books: Books, fact: LimitSet) -> None:
    """A limit of a session is set, or another one from now on; what runs goes on."""
    session = books.sessions.get(fact.session)
    if session is not None:
        session.limits[fact.name] = Limit(fact.count, fact.per_host)


def cancel_requested(books: Books, fact: CancelRequested) -> None:
    """The user wants these tasks stopped."""
    session = books.sessions.get(fact.session)
    if session is None:
        return
    found = (session.tasks.get(task_id) for task_id in fact.tasks)
    cancel(books, [task for task in found if task is not None], "cancelled on request")

"""Which files a bundle is to hold, and how they are called there."""

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from flowlab.errors import StoreError, UsageError, WrongKind
from flowlab.staging.bundle import Member

Wanted = str | os.PathLike[str]


def find_members(wanted: Wanted | Iterable[Wanted], base: Wanted | None = None) -> list[Member]:
    """The files that paths and globs name; of a directory, all that are in it.

    base  from which relative paths are meant, and names in the bundle count. Without it they count
          from the current directory, and a path from elsewhere keeps its last name alone
    Raises UsageError for a glob that finds nothing, a file outside of `base`, and two of one name.
    """
    listed = [wanted] if isinstance(wanted, str | os.PathLike) else list(wanted)
    root = Path(os.path.abspath(os.fspath(base if base is not None else ".")))
    found: dict[str, Path] = {}
    for each in listed:
        for path in _named(_text(each), root):
            for member in files_below(path, _name(path, root, strict=base is not None)):
                _take_in(found, member)
    if not found:
        raise UsageError("a bundle needs a file at least; give paths or globs")
    return [Member(name, path) for name, path in found.items()]


def _text(wanted: object) -> str:
    if not isinstance(wanted, str | os.PathLike):
        raise WrongKind(f"a bundle takes paths and globs, not {wanted!r}")
    text = os.fspath(wanted)
    if not isinstance(text, str):
        raise WrongKind(f"a bundle takes paths as text, not as {text!r}")
    return os.path.expanduser(text)


def _named(text: str, root: Path) -> list[Path]:
    """What a path or a glob names."""
    whole = os.path.join(root, text)
    if os.path.lexists(whole):  # a name may hold what means something in a glob
        return [Path(os.path.abspath(whole))]
    pattern = os.path.join(glob.escape(str(root)), text)
    matches = glob.glob(pattern, recursive=True) if glob.has_magic(text) else []
    if not matches:
        raise UsageError(f"nothing to bundle is called {text!r} below {str(root)!r}")
    return [Path(os.path.abspath(each)) for each in sorted(matches)]


def _name(path: Path, root: Path, *, strict: bool) -> str:
    """How it is called in the bundle; empty for the base itself."""
    if path.is_relative_to(root):
        name = path.relative_to(root).as_posix()
        return "" if name == "." else name
    if strict:
        raise UsageError(f"{str(path)!r} does not lie below the bundle's base {str(root)!r}")
    return path.name


def files_below(path: Path, name: str, above: tuple[str, ...] = ()) -> Iterator[Member]:
    """A file, or the files of a directory; a link stands for what it leads to."""
    if not path.is_dir():
        yield Member(name or path.name, path)
        return
    real = os.path.realpath(path)
    if real in above:
        raise StoreError(f"the link {str(path)!r} leads back to a directory that it lies in")
    for each in sorted(path.iterdir()):
        yield from files_below(each, f"{name}/{each.name}" if name else each.name, (*above, real))


def _take_in(found: dict[str, Path], member: Member) -> None:
    path = Path(os.fsdecode(member.source))
    known = found.setdefault(member.name, path)
    if known != path:
        raise UsageError(
            f"two files of the bundle would be called {member.name!r}: {str(known)!r} and "
            f"{str(path)!r}; give base=, the directory from which their names are to count"
        )

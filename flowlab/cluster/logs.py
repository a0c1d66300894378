"""What ipyparallel's processes wrote last: the end of an error about one that did not come."""

from pathlib import Path

TAIL = 1500  # bytes of the newest log that are shown


def last_words(directory: Path) -> str:
    """Where the logs are, and the end of the newest that says anything; a sentence or more."""
    where = f"The logs are in {directory}"
    try:
        written = [path for path in directory.iterdir() if path.is_file() and path.stat().st_size]
        # An engine's rather than the controller's, which goes on talking
        newest = max(
            written,
            key=lambda path: ("controller" not in path.name, path.stat().st_mtime),
            default=None,
        )
        if newest is None:
            return f"{where}, and say nothing."
        with newest.open("rb") as file:
            file.seek(max(0, newest.stat().st_size - TAIL))
            text = file.read(TAIL).decode(errors="replace").strip()
    except OSError:
        return f"{where}."  # a process that is being ended takes them away
    return f"{where}; the newest, {newest.name}, ends with:\n{text}"

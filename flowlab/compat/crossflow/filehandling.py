"""Crossflow's `filehandling`: handles of files, and where their bytes travel."""

import os

from flowlab.staging.chosen import set_stage_point
from flowlab.staging.filehandle import FileHandle

__all__ = ["FileHandle", "FileHandler", "set_stage_point"]


class FileHandler:
    """Makes handles.

    stage_point  where their bytes travel; by default what is set when they travel, and not what
                 was set when this was made
    """

    def __init__(self, stage_point: str | None = None) -> None:
        self.stage_point = stage_point

    def load(self, path: object) -> FileHandle:
        """A handle of what a path or URL names; an OSError when there is no such file."""
        return FileHandle.load(path, stage_point=self.stage_point)

    def create(self, path: str | os.PathLike[str]) -> FileHandle:
        """A handle to be written by code; there must be no such file, and none is made."""
        return FileHandle.create(path)

    def __repr__(self) -> str:
        return f"<FileHandler stage_point={self.stage_point!r}>"

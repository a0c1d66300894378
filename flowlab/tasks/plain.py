"""Values as files that programs can read: for shell cells, whose inputs may be any notebook value.

str        its text                 a name ending in .csv   by the value's own `to_csv`
bytes      as they are              a name ending in .json  as JSON
"""

import json
from typing import Any

from flowlab.errors import UsageError
from flowlab.model.content import PICKLES
from flowlab.model.specs import DataType
from flowlab.staging.instance import DataInstance


def as_file(instance: DataInstance, name: str) -> DataInstance:
    """The instance that a program finds under this name; raises UsageError for what is no file."""
    if instance.content_type not in PICKLES or name.endswith((".pickle", ".pkl")):
        return instance
    value = instance.load()
    return DataInstance(DataType.BLOB, "", _plain(value, name))


def _plain(value: Any, name: str) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if name.endswith(".csv") and hasattr(value, "to_csv"):
        return str(value.to_csv(index=False)).encode()
    if name.endswith(".json"):
        try:
            return json.dumps(value).encode()
        except (TypeError, ValueError) as error:
            raise UsageError(f"the input {name!r} cannot be written as JSON: {error}") from error
    raise UsageError(
        f"the input {name!r} is a {type(value).__name__}, and a program reads files of text or "
        "bytes; map it as NAME.csv (tables) or NAME.json, or as NAME.pickle to get the pickle, "
        "or make it str or bytes in a Python cell first"
    )

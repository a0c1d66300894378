"""Text that would act or hide if it were not shown as text; the front end's tests read it, too."""

import json
from pathlib import Path

_ROWS = json.loads((Path(__file__).parents[1] / "journals" / "hostile.json").read_text("ascii"))

HOSTILE = {row["name"]: row["text"] * row.get("times", 1) for row in _ROWS}

"""A log record as it travels."""

import msgspec

from flowlab.model.logrow import ROW, LogRow


def test_it_is_shown_as_lines_and_its_size_counts_all_text():
    row = LogRow(1.0, 40, "ERROR", "mine", "text", error="Traceback\nOops", stack="Stack")
    assert row.shown == "ERROR mine: text\nTraceback\nOops\nStack\n"
    assert row.size == ROW + len("text") + len("Traceback\nOops") + len("Stack")
    assert LogRow(1.0, 20, "INFO", "mine", "text").shown == "INFO mine: text\n"
    more = LogRow(1.0, 20, "INFO", "mine", "text", extra={"key": "value" * 100})
    assert more.size > ROW + 500


def test_it_travels_as_a_row():
    row = LogRow(1.0, 40, "ERROR", "mine", "text", extra={"a": 1})
    data = msgspec.json.encode(row)
    assert data.startswith(b"[")
    assert msgspec.json.decode(data, type=LogRow) == row

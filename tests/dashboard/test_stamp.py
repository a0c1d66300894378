"""What tells from outside that a journal changed."""

from flowlab.dashboard.stamp import stamp
from tests.dashboard.journals import Written, opened, said


def test_a_word_changes_the_stamp_of_its_own_file_alone(tmp_path):
    journal = Written(tmp_path)
    start = stamp(journal.path)
    journal.write(opened())
    fact = stamp(journal.path)
    assert fact.facts != start.facts
    assert fact.traces == start.traces
    journal.write(said("x"))
    trace = stamp(journal.path)
    assert (trace.facts, trace.traces) != (fact.facts, fact.traces)
    assert trace.facts == fact.facts
    assert trace.size > fact.size > start.size
    assert stamp(journal.path) == trace


def test_taking_rights_away_changes_it(tmp_path):
    journal = Written(tmp_path)
    before = stamp(journal.path)
    (journal.path / "journal.jsonl").chmod(0o644)
    assert stamp(journal.path).facts != before.facts


def test_what_is_not_there_has_an_empty_stamp(tmp_path):
    nothing = stamp(tmp_path / "none")
    assert (nothing.written, nothing.size) == (0.0, 0)

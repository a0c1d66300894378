"""The rows of the dashboard in TypeScript are those of Python."""

from tests.wire.listing import FILE, make


def test_the_file_is_fresh():
    assert FILE.read_text(encoding="utf-8") == make(), "run `python -m tests.wire.listing`"


def test_it_says_what_a_row_holds():
    assert "readonly sessions: readonly SessionRow[];" in make()
    assert 'readonly type: "Listing";' in make()
    assert 'export type Life = "live" | "over" | "foreign";' in make()

"""Where journals lie, for those who write them and those who read them."""

from pathlib import Path

from flowlab.events.home import data_home, journals_home


def test_a_variable_names_the_place(monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWLAB_DATA", str(tmp_path / "flow"))
    assert journals_home() == tmp_path / "flow" / "journals"


def test_a_tilde_is_the_users_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FLOWLAB_DATA", "~/flow")
    assert data_home() == tmp_path / "flow"


def test_it_lies_in_the_users_data_directory_otherwise(monkeypatch, tmp_path):
    monkeypatch.delenv("FLOWLAB_DATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert journals_home() == tmp_path / "share" / "flowlab" / "journals"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert journals_home() == tmp_path / ".local" / "share" / "flowlab" / "journals"


def test_to_ask_makes_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWLAB_DATA", str(tmp_path / "flow"))
    assert not journals_home().exists()
    assert list(Path(tmp_path).iterdir()) == []

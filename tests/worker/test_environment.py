"""Which variables tasks do not get."""

import os

from flowlab.worker.environment import Marks, child_environment, is_secret, scrub


def test_keys_and_tokens_of_the_machinery_are_taken_out_and_the_users_own_stay():
    environ = {
        "IPP_CONNECTION_INFO": "{key}",
        "JPY_PARENT_PID": "1",
        "JPY_API_TOKEN": "t",
        "JUPYTERHUB_API_TOKEN": "t",
        "JUPYTER_TOKEN": "t",
        "FLOWLAB_KEY": "k",
        "FLOWLAB_RUN": "abcd",
        "MY_TOKEN": "mine",
        "AWS_SECRET_ACCESS_KEY": "mine",
        "PATH": "/bin",
    }
    kept = {"FLOWLAB_RUN", "MY_TOKEN", "AWS_SECRET_ACCESS_KEY", "PATH"}
    removed = scrub(environ)
    assert set(environ) == kept
    assert len(removed) == 6


def test_a_program_gets_what_is_no_key_and_what_changed_since(monkeypatch):
    monkeypatch.setenv("JUPYTER_TOKEN", "t")
    monkeypatch.setenv("NÄME", "Wört")
    first = child_environment(os.environ)
    assert first == {
        os.fsencode(name): os.fsencode(value)
        for name, value in os.environ.items()
        if name != "JUPYTER_TOKEN"
    }
    monkeypatch.setenv("NÄME", "other")
    monkeypatch.setenv("IPP_KEY", "k")
    assert child_environment(os.environ) == {**first, os.fsencode("NÄME"): b"other"}


def test_the_names_are_compared_whole():
    assert not is_secret("SKIPP_THIS")
    assert not is_secret("MY_JUPYTERHUB_NOTE")


def test_a_task_and_its_programs_see_no_key(shop, monkeypatch):
    monkeypatch.setenv("IPP_CONNECTION_INFO", "secret-key")

    def prints(ctx):
        return ctx.run_program(["/usr/bin/env"], None, ctx.sandbox / "seen") and open("seen").read()

    sheet = shop.call(prints)
    assert "secret-key" not in shop.value(sheet, 1)
    assert "PATH=" in shop.value(sheet, 1)
    assert os.environ["IPP_CONNECTION_INFO"] == "secret-key"  # in an engine `scrub` took it


def test_marks_are_put_and_taken_off_again():
    environ = {"PATH": "/bin"}
    marks = Marks("r1", 3)
    marks.put(environ)
    assert environ == {"PATH": "/bin", "FLOWLAB_RUN": "r1", "FLOWLAB_ENGINE": "3"}
    marks.take_off(environ)
    assert environ == {"PATH": "/bin"}
    marks.take_off(environ)  # a second time does nothing
    assert environ == {"PATH": "/bin"}


def test_marks_of_the_run_before_come_back_and_later_ones_stay():
    environ = {}
    host, guest = Marks("host", 1), Marks("guest", 1)
    host.put(environ)
    guest.put(environ)
    host.take_off(environ)
    assert environ["FLOWLAB_RUN"] == "guest"
    guest.take_off(environ)
    assert environ["FLOWLAB_RUN"] == "host"

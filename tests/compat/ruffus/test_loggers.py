"""Where a pipeline says how it goes."""

from flowlab.compat.ruffus.loggers import LoggerProxy, Progress, black_hole_logger, stderr_logger


class Shared:
    """Keeps which of its methods are called, and with what."""

    def __init__(self):
        self.told = []

    def __getattr__(self, name):
        return lambda *given: self.told.append((name, *given))


def test_stderr_gets_lines_and_warnings_stand_out(capsys):
    stderr_logger.info("one")
    stderr_logger.debug("two")
    stderr_logger.warning("three")
    stderr_logger.error("four")
    told = capsys.readouterr()
    assert told.err == "one\ntwo\n\n\nWARNING:\n    three\n\n\n\nERROR:\n    four\n\n"
    assert told.out == ""


def test_a_black_hole_says_nothing(capsys):
    for say in ("info", "debug", "warning", "error"):
        getattr(black_hole_logger, say)("word")
    assert capsys.readouterr() == ("", "")


def test_progress_is_told_up_to_its_level(said):
    progress = Progress(said, 3)
    assert [progress.say(level, f"at {level}") for level in (1, 3, 4)] == [True, True, False]
    assert said.lines == ["at 1", "at 3"]


def test_at_level_nought_nothing_at_all_is_told(said):
    Progress(said, 0).head("Tasks")
    assert said.lines == []


def test_u2_a_proxy_calls_the_logger_s_own_methods():
    shared = Shared()
    proxy = LoggerProxy(shared)
    names = ("debug", "info", "warning", "error", "critical")
    for name in names:
        getattr(proxy, name)("%s", name)
    proxy.log(15, "five")
    assert shared.told == [*((name, "%s", name) for name in names), ("log", 15, "five")]


def test_u7_its_text_is_short():
    assert str(LoggerProxy(None)) == "<LoggingProxy>"
    assert repr(LoggerProxy(None)) == "LoggerProxy()"


def test_it_says_on_stderr_what_it_is_to_echo(capsys):
    proxy = LoggerProxy(Shared(), silent=(10,))
    proxy.debug("quiet")
    proxy.info("one of %d", 2)
    proxy.warning("100 %")
    assert capsys.readouterr().err == "    one of 2\n    100 %\n"

"""The words of each magic: one parser a magic, from which `?`, completion and the docs are fed."""

import difflib
import shlex
from argparse import Namespace

from IPython.core.error import UsageError
from IPython.core.magic_arguments import MagicArgumentParser


class Parser(MagicArgumentParser):
    """A parser that suggests what was probably meant, and never ends the process."""

    def error(self, message: str) -> None:  # type: ignore[override]  # the base says NoReturn; so is this
        """Raise IPython's UsageError, with the nearest option named."""
        wrong = [word for word in message.split() if word.startswith("-")]
        known = [option for option in self._option_string_actions if option.startswith("-")]
        near = [n for word in wrong for n in difflib.get_close_matches(word, known, 1, 0.5)]
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise UsageError(f"{self.prog}: {message}{hint}")

    def options(self) -> list[str]:
        """All option words, long ones first."""
        words = [o for o in self._option_string_actions if o not in ("-h", "--help")]
        return sorted(words, key=lambda word: (not word.startswith("--"), word))

    def read(self, line: str) -> Namespace:
        """Parse a magic's line."""
        try:
            words = shlex.split(line, comments=True)
        except ValueError as error:
            raise UsageError(f"{self.prog}: {error} in {line!r}") from None
        return self.parse_args(words)


def _task() -> Parser:
    parser = Parser(prog="%%task", add_help=False, description="Make the cell a task.")
    parser.add_argument(
        "task", metavar="NAME", help="the task's name; a cell run again replaces it"
    )
    parser.add_argument(
        "-i", "--input", action="append", default=[], metavar="[FILE=]OBJECT",
        help="an input: a name that the analysis cannot see, or a file of a shell cell",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", action="append", default=[], metavar="[OBJECT=]NAME",
        help="an output: a name that the cell binds; a file of a shell cell, or STDOUT; "
        "without it the value of the last expression",
    )  # fmt: skip
    parser.add_argument("--name", metavar="A/B", help="name to show, grouped by /")
    parser.add_argument("--cpus", type=int, default=1, metavar="N", help="cpus to hold (1)")
    parser.add_argument("--sh", action="store_true", help="the cell is a shell script")
    return parser


def _submit() -> Parser:
    parser = Parser(prog="%submit", add_help=False, description="Start what was declared.")
    parser.add_argument("--wait", action="store_true", help="come back when all tasks ended")
    return parser


def _fetch() -> Parser:
    parser = Parser(
        prog="%fetch", add_help=False, description="Wait for an object, give its value."
    )
    parser.add_argument("object", metavar="OBJECT", help="name of the object or of its task")
    return parser


def _wait() -> Parser:
    parser = Parser(prog="%wait", add_help=False, description="Wait until tasks ended.")
    parser.add_argument("names", metavar="NAME", nargs="*", help="tasks or objects; all if none")
    return parser


def _named(prog: str, description: str) -> Parser:
    parser = Parser(prog=prog, add_help=False, description=description)
    parser.add_argument("names", metavar="NAME", nargs="*", help="tasks; all if none")
    return parser


TASK, SUBMIT, FETCH, WAIT = _task(), _submit(), _fetch(), _wait()
CANCEL = _named("%flowlab cancel", "Stop tasks; what depends on them is skipped.")
WHY = _named("%flowlab why", "Say why tasks are not running, ran again or failed.")
STATUS = Parser(
    prog="%flowlab status", add_help=False, description="Show the graph and the engines."
)
CLOSE = Parser(
    prog="%flowlab close", add_help=False, description="End the session and its engines."
)
VERBS = {
    "submit": SUBMIT, "fetch": FETCH, "wait": WAIT, "status": STATUS,
    "cancel": CANCEL, "why": WHY, "close": CLOSE,
}  # fmt: skip


def split_pair(text: str) -> tuple[str, str]:
    """`left=right` taken apart; a lone word stands for both."""
    left, equals, right = text.partition("=")
    return (left, right) if equals else (text, text)

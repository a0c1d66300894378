"""The words of each magic: one parser a magic, from which `?`, completion and the docs are fed."""

import difflib
import shlex
from argparse import REMAINDER, Namespace

from IPython.core.error import UsageError
from IPython.core.magic_arguments import MagicArgumentParser

from flowlab.staging.command import OLDER_THAN, REMOVE


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


_LIMIT = "count for a limit: session.limit(NAME, n)"
_BUNDLE = "files for the working directory, or modules: a name that stands for a bundle"


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
        help="an output: a name that the cell binds; of a shell cell a file, 'PATTERN*' or STDOUT; "
        "without it the value of the last expression",
    )  # fmt: skip
    parser.add_argument("--name", metavar="A/B", help="name to show, grouped by /")
    parser.add_argument("--cpus", type=int, default=1, metavar="N", help="cpus to hold (1)")
    parser.add_argument(
        "--where", action="append", default=[], metavar="HOST",
        help="the host by name, or the engine by number, that runs it; may stand several times",
    )  # fmt: skip
    parser.add_argument("--limit", action="append", default=[], metavar="NAME", help=_LIMIT)
    parser.add_argument("--bundle", action="append", default=[], metavar="NAME", help=_BUNDLE)
    parser.add_argument("--sh", action="store_true", help="the cell is a shell script")
    return parser


def _node() -> Parser:
    parser = Parser(
        prog="%%node", add_help=False, description="Run the cell as a node script on hosts."
    )
    parser.add_argument(
        "hosts", metavar="HOST", nargs="*",
        help="hosts by name, engines by number, once for each job; any of them if none",
    )  # fmt: skip
    parser.add_argument("--cpus", type=int, default=1, metavar="N", help="cpus to hold (1)")
    parser.add_argument("--limit", action="append", default=[], metavar="NAME", help=_LIMIT)
    parser.add_argument("--bundle", action="append", default=[], metavar="NAME", help=_BUNDLE)
    parser.add_argument(
        "--args", nargs=REMAINDER, default=[], metavar="WORD",
        help="the script's arguments: all that follows",
    )  # fmt: skip
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


def _named(prog: str, description: str, what: str = "tasks; all if none") -> Parser:
    parser = Parser(prog=prog, add_help=False, description=description)
    parser.add_argument("names", metavar="NAME", nargs="*", help=what)
    return parser


def _gc() -> Parser:
    parser = Parser(
        prog="%flowlab gc", add_help=False,
        description="List what dead sessions left at a stage point, or remove it.",
    )  # fmt: skip
    parser.add_argument("url", metavar="URL", nargs="?", help="the stage point; this process' own")
    parser.add_argument("--older-than", default="1d", metavar="AGE", help=OLDER_THAN)
    parser.add_argument("--remove", action="store_true", help=REMOVE)
    return parser


TASK, NODE, SUBMIT, FETCH, WAIT = _task(), _node(), _submit(), _fetch(), _wait()
CELLS = {"task": TASK, "node": NODE}
CANCEL = _named("%flowlab cancel", "Stop tasks; what depends on them is skipped.")
WHY = _named("%flowlab why", "Say why tasks are not running, ran again or failed.")
STATUS = Parser(
    prog="%flowlab status", add_help=False, description="Show the graph and the engines."
)
GC = _gc()
SHIP = _named(
    "%flowlab ship",
    "Make your own modules importable in tasks, as they are now.",
    "modules, packages or files; those shipped before are shipped anew",
)
CLOSE = Parser(
    prog="%flowlab close", add_help=False, description="End the session and its engines."
)
STAGE = Parser(
    prog="%flowlab stage",
    add_help=False,
    description="Say, or show, through where large files go between hosts.",
)
STAGE.add_argument(
    "url", metavar="URL", nargs="?", help="a directory that all hosts have, s3://…, or none"
)
VERBS = {
    "submit": SUBMIT, "fetch": FETCH, "wait": WAIT, "status": STATUS,
    "cancel": CANCEL, "why": WHY, "ship": SHIP, "stage": STAGE, "gc": GC, "close": CLOSE,
}  # fmt: skip


def split_pair(text: str) -> tuple[str, str]:
    """`left=right` taken apart; a lone word stands for both."""
    left, equals, right = text.partition("=")
    return (left, right) if equals else (text, text)

"""Completion of the magics' options and of the names that they take."""

from collections.abc import Callable

from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)

from flowlab.notebook import options
from flowlab.notebook.workspace import Workspace

Matcher = Callable[[CompletionContext], SimpleMatcherResult]


def make_matcher(workspace: Workspace) -> Matcher:
    """A matcher fed by the magics' own parsers and by the workspace's live names."""

    def match(context: CompletionContext) -> SimpleMatcherResult:
        line = context.line_with_cursor[: context.cursor_position]
        words = _candidates(line, workspace, first_line=context.cursor_line == 0)
        token = line.rsplit(maxsplit=1)[-1] if line and not line[-1].isspace() else ""
        fitting = [word for word in words if word.startswith(token)]
        found = [SimpleCompletion(text=word, type="magic option") for word in fitting]
        return {"completions": found, "suppress": bool(found), "matched_fragment": token}

    matcher: Matcher = context_matcher(identifier="flowlab")(match)
    return matcher


def _candidates(line: str, workspace: Workspace, *, first_line: bool) -> list[str]:
    if first_line and line.startswith("%%task "):
        previous = line.split()[-1 if line[-1].isspace() else -2]
        return workspace.known_names() if previous in ("-i", "--input") else options.TASK.options()
    if first_line and line.startswith("%%node "):
        return options.NODE.options()
    _, percent, call = line.rpartition("%")
    if not percent:
        return []
    verb, space, rest = call.partition(" ")
    if verb == "flowlab" and space:
        verb, space, rest = rest.partition(" ")
        if not space:
            return list(options.VERBS)
    if not space or verb not in options.VERBS:
        return []
    parser = options.VERBS[verb]
    takes_names = any(not action.option_strings for action in parser._actions)  # noqa: SLF001 - argparse shows its arguments nowhere else
    return [*(workspace.known_names() if takes_names else []), *parser.options()]

"""Node scripts, as LOFAR's users write them."""

_HEAD = """import os, sys, time
from flowlab.compat.lofar.lofarnode import LOFARnode, LOFARnodeTCP
"""
_STRINGS = """
if __name__ == "__main__":
    sys.exit(mine(sys.argv[1], sys.argv[2]).run_with_logging(*sys.argv[3:]))
"""
_OBJECTS = """
if __name__ == "__main__":
    jobid, jobhost, jobport = sys.argv[1:4]
    sys.exit(mine(jobid, jobhost, jobport).run_with_stored_arguments())
"""


def strings(body):
    """A script that takes its arguments as text; `body` is that of `run`."""
    return f"{_HEAD}\nclass mine(LOFARnode):\n    def run(self, *args):\n{_deep(body)}\n{_STRINGS}"


def objects(body):
    """A script that takes its arguments as they are."""
    return (
        f"{_HEAD}\nclass mine(LOFARnodeTCP):\n    def run(self, *args):\n{_deep(body)}\n{_OBJECTS}"
    )


def _deep(body):
    return "".join(f"        {line}\n" for line in body.splitlines())


SCRIPTS = {
    "ok": strings("self.outputs['args'] = args\nreturn 0"),
    "none": strings("self.logger.info('nothing to give back')"),
    "one": strings("self.outputs['said'] = 'before'\nreturn 1"),
    "three": strings("return 3"),
    "raises": strings("self.outputs['said'] = 'before'\nraise ValueError('no good')"),
    "logs": strings(
        "for arg in args:\n    self.logger.info('Received %s as argument' % arg)\n"
        "self.logger.debug('fine')\nself.logger.warning('%s!', 'careful')"
    ),
    "prints": strings("print('to stdout')\nprint('to stderr', file=sys.stderr)"),
    "objects": objects("self.outputs['args'] = args\nreturn 0"),
    "objects_one": objects("self.outputs['said'] = 'before'\nreturn 1"),
    "objects_raise": objects("self.outputs['said'] = 'before'\nraise ValueError('no good')"),
    "two_words": strings("pass").replace("run(self, *args)", "run(self, first, second)"),
    "idle": f"{_HEAD}\nclass mine(LOFARnode):\n    pass\n{_STRINGS}",
    "class_of_its_own": objects(
        "class Mine:\n    def __init__(self, word): self.word = word\n"
        "self.outputs['mine'] = Mine(args[0])"
    ),
}

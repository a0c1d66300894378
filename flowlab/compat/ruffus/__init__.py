"""Ruffus' front end: functions decorated with the files that they read and make, run as tasks.

    from flowlab.compat.ruffus import files, follows, pipeline_run

    @files("raw.csv", "tidy.csv")
    def tidy(raw, made): ...

    pipeline_run([tidy], multiprocess=4)

What has no counterpart is named in the guide. The names are found at first use: an engine needs
few of them.
"""

from flowlab.compat.names import found_late

_HOMES = {
    "clear_pipeline": "steps",
    "files": "steps",
    "follows": "steps",
    "jobs_limit": "steps",
    "mkdir": "steps",
    "output_from": "steps",
    "posttask": "steps",
    "pipeline_run": "run",
    "black_hole_logger": "loggers",
    "stderr_logger": "loggers",
    "make_shared_logger_and_proxy": "proxy_logger",
    "setup_std_shared_logger": "factories",
    "setup_logging": "cmdline",
    "MESSAGE": "factories",
    "JobSignalledBreak": "errors",
    "JobsLimitArgumentError": "errors",
    "MissingInputFileError": "errors",
    "RethrownJobError": "errors",
}
_MODULES = ("cmdline", "proxy_logger")

__all__ = [*_HOMES, *_MODULES]  # noqa: PLE0604 - all are names

__getattr__, __dir__ = found_late(__name__, _HOMES, _MODULES)

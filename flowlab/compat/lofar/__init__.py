"""LOFAR's front end: recipes that run node scripts on hosts, and the scripts' own class.

    from flowlab.compat.lofar.baserecipe import BaseRecipe
    from flowlab.compat.lofar.remotecommand import ComputeJob, RemoteCommandRecipeMixIn

    class parallel_example(BaseRecipe, RemoteCommandRecipeMixIn):
        def go(self):
            super().go()
            self._schedule_jobs([ComputeJob("any", "python nodes/parallel_example.py", ["1"])])
            return 1 if self.error.is_set() else 0

The modules are called as in `lofarpipe.support`. The names are found at first use: a node script
loads its own class alone.
"""

from flowlab.compat.names import found_late

_HOMES = {
    "BaseRecipe": "baserecipe",
    "ComputeJob": "remotecommand",
    "LOFARnode": "lofarnode",
    "LOFARnodeTCP": "lofarnode",
    "MasterNodeInterface": "masternode",
    "NodeScript": "lofarnode",
    "PipelineException": "lofarexceptions",
    "PipelineQuit": "lofarexceptions",
    "RemoteCommandMixin": "remotecommand",
    "RemoteCommandRecipeMixIn": "remotecommand",
    "SearchingLogger": "pipelinelogging",
    "getSearchingLogger": "pipelinelogging",
}
_MODULES = (
    "baserecipe", "lofarexceptions", "lofarnode", "masternode", "pipelinelogging", "remotecommand",
)  # fmt: skip

__all__ = [*_HOMES, *_MODULES]  # noqa: PLE0604 - all are names

__getattr__, __dir__ = found_late(__name__, _HOMES, _MODULES)

"""`python -m tests.benchmarks.one SYSTEM QUICK WORKLOAD…`: one system in a fresh process.

Says a line of JSON when it is warm and one for each workload, on the descriptor that is its
standard output at the start; whatever else prints goes to standard error.
"""

import time

BEGAN = time.perf_counter()  # before anything of a system is imported

import importlib  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import traceback  # noqa: E402
from typing import Any  # noqa: E402

from tests.benchmarks.plan import SYSTEMS, WORKLOADS, Plan  # noqa: E402
from tests.benchmarks.systems.contract import Cannot, System  # noqa: E402


def main(name: str, plan: Plan) -> None:
    """Start it, run all workloads, stop it."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    module, kind = SYSTEMS[name]
    imported = time.perf_counter()
    found = importlib.import_module(f"tests.benchmarks.systems.{module}")
    system: System = getattr(found, kind)()
    if system.start() != 1:
        raise RuntimeError("the first task gave a wrong result")
    started = time.perf_counter() - imported
    system.warm()
    _say(answers, {"ready": started, "imports": imported - BEGAN})
    for workload in plan.workloads:
        _say(answers, {"workload": workload, **_measure(system, plan, workload)})
    system.stop()
    _say(answers, {"stopped": True})


def _measure(system: System, plan: Plan, workload: str) -> dict[str, Any]:
    planned = WORKLOADS[workload]
    given = planned.given(plan.size_of(workload))
    try:
        return planned.case(system, given)
    except (Cannot, NotImplementedError) as reason:
        return {"cannot": str(reason)}
    except Exception as error:  # noqa: BLE001 - one row less is no reason to lose the others
        traceback.print_exc()
        return {"error": f"{type(error).__name__}: {error}"}


def _say(answers: Any, line: dict[str, Any]) -> None:
    print(json.dumps(line), file=answers, flush=True)


if __name__ == "__main__":
    chosen = Plan(sys.argv[2] == "quick", 1, (sys.argv[1],), tuple(sys.argv[3:]), 0, 0)
    main(sys.argv[1], chosen)
    sys.stderr.flush()
    os._exit(0)  # threads of a system must not hold up an end that is complete

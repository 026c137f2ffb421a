"""What importing costs beyond the start of Python itself, each time in a process of its own."""

import subprocess
import sys
from resource import RUSAGE_CHILDREN, getrusage

RUNS = 9
STATEMENTS = (
    "import bizrules",
    "import attrs",
    "from bizrules import Case, Outcome",
    "from bizrules import Engine",
    "from bizrules import Case, evaluate, explain",
    "from bizrules.loading import load_documents",
    "import bizrules.cli",
)


def _once(statement: str) -> float:
    """Time on the processor of a process that runs the statement. *Unit*: milliseconds."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", statement], check=True)
    after = getrusage(RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def test_imports() -> None:
    """Imports in turn, the best of some rounds: the bar of the package itself is 60 ms."""
    statements = ("pass", *STATEMENTS)
    rounds = [[_once(statement) for statement in statements] for _ in range(RUNS)]
    bare, *costs = (min(times) for times in zip(*rounds, strict=True))
    print(f"\nPython itself {bare:.0f} ms; beyond it")
    for statement, cost in zip(STATEMENTS, costs, strict=True):
        print(f"{cost - bare:8.0f} ms  {statement}")

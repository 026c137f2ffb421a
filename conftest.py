"""Every example in the README and under docs is run: Python, console commands, documents."""

import atexit
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

pytest.register_assert_rewrite("shipped_package")  # its assertions are those of the packages

# Tests leave the cache of the user alone. Those inside this process read the documents, and the
# programs they start share a cache of their own, which the first to come here makes and removes.
if "BIZRULES_CACHE_DIR" not in os.environ:
    os.environ["BIZRULES_CACHE_DIR"] = tempfile.mkdtemp(prefix="bizrules-tests-")
    atexit.register(shutil.rmtree, os.environ["BIZRULES_CACHE_DIR"], ignore_errors=True)
os.environ["BIZRULES_NO_CACHE"] = "1"

ROOT = Path(__file__).parent
ANSWERED = (0, 3)  # settled, or open questions


def run_console(example: Example) -> None:
    """Run each `$ bizrules …` of a block; the lines shown below it must be in its output.

    A line `…` stands for what is left out. Commands that set up an environment are not run.
    """
    output: list[str] = []
    skipped = True
    for line in example.parsed.splitlines():
        if line.startswith("$ "):
            words = shlex.split(line.removeprefix("$ "))
            output = _run(words) if words[0] == "bizrules" else []
            skipped = words[0] != "bizrules"
        elif line.strip() not in ("", "…") and not skipped:
            assert line.strip() in [shown.strip() for shown in output], line


def _run(words: list[str]) -> list[str]:
    env = {**os.environ, "PYTHONUTF8": "1", "BIZRULES_LANG": "en", "COLUMNS": "200"}
    env["BIZRULES_NO_CACHE"] = "0"
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in ANSWERED, done.stderr
    return done.stdout.splitlines()


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), CodeBlockParser("console", run_console)],
    patterns=["README*.md", "docs/**/*.md"],
    # The rulebook has no examples; tutorials are walked through from an empty directory; a cluster
    # is started for the pages about clusters, in `tests/batch`.
    excludes=["docs/rulebook/**/*.md", "docs/tutorials/*.md", "docs/how-to/evaluate-on-*.md"],
).pytest()

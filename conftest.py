"""Every example in the README and under docs is run: Python, console commands, documents."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

pytest.register_assert_rewrite("shipped_package")  # its assertions are those of the packages

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
    # The rulebook has no examples; tutorials are walked through from an empty directory.
    excludes=["docs/rulebook/**/*.md", "docs/tutorials/*.md"],
).pytest()

"""Fixtures of the command line."""

import io
import os
from pathlib import Path

import pytest

from bizrules import engine
from bizrules.cli import _check, _golden, main
from cli.running import SMALL, Call, Result, environment, small_knowledge


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the small documents stand for those of the library, without plugins."""
    monkeypatch.setattr(engine, "_core_knowledge", small_knowledge)
    for module in (engine, _check):
        monkeypatch.setattr(module, "installed_plugins", lambda: ())
    for module in (engine, _check, _golden):
        monkeypatch.setattr(module, "core_rulesets", lambda: SMALL)


@pytest.fixture
def call(
    small: None,  # noqa: ARG001 - for what it does
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Call:
    """Runs the command line over the small documents inside the test."""
    for name in set(os.environ) - set(environment()):
        monkeypatch.delenv(name)

    def run(*args: str | Path, stdin: bytes | str = b"") -> Result:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
        status = main([str(arg) for arg in args])
        captured = capsys.readouterr()
        return Result(status, captured.out, captured.err)

    return run

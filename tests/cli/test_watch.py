"""`bizrules check --watch`: a real process and a changing file."""

import os
import pty
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest
from watchfiles import Change

from bizrules.cli import _watching
from bizrules.cli._screen import Screen
from bizrules.errors import DocumentError, Problem
from bizrules.provenance import Location
from cli.running import environment

GOOD = 'format: 1\ncases:\n  - id: a\n    region: "530103"\n    violation: food.past-shelf-life\n'
BAD = GOOD.replace("past-shelf", "past-shlf")
PATIENCE = 60


@attrs.define(eq=False)
class Watching:
    """A run that watches, and what it has written so far."""

    process: "subprocess.Popen[bytes]"
    terminal: int
    text: str = ""

    def until(self, wanted: str) -> str:
        """What is written until the text comes, which is awaited for a minute at most."""
        end = time.monotonic() + PATIENCE
        with selectors.DefaultSelector() as ready:
            ready.register(self.terminal, selectors.EVENT_READ)
            while wanted not in self.text:
                assert time.monotonic() < end, self.text
                if ready.select(1):
                    self.text += os.read(self.terminal, 65536).decode()
        shown, _, self.text = self.text.partition(wanted)
        return shown


@contextmanager
def watching(*args: str | Path) -> Iterator[Watching]:
    """A run at a terminal."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "bizrules", "check", "--watch", "--lang", "en"]
    with subprocess.Popen(
        [*command, "--no-plugins", *map(str, args)],
        stdout=follower,
        stderr=follower,
        env=environment(TERM="xterm"),
    ) as process:
        os.close(follower)
        try:
            yield Watching(process, leader)
        finally:
            process.kill()
            os.close(leader)


def test_watch(tmp_path: Path) -> None:
    """Each change is checked on a cleared screen, and Control-C ends with the last status."""
    file = tmp_path / "case.yaml"
    file.write_text(GOOD, encoding="utf-8")
    with watching(file) as run:
        assert "errors: 0" in run.until("Watching")
        file.write_text(BAD, encoding="utf-8")
        shown = run.until("Watching")
        assert "\x1b[2J" in shown
        assert "unknown-violation" in shown
        assert "errors: 1" in shown
        # Many editors put another file in its place.
        (tmp_path / "new").write_text(GOOD, encoding="utf-8")
        (tmp_path / "new").replace(file)
        assert "errors: 0" in run.until("Watching")
        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(PATIENCE) == 0


def test_watch_a_link(tmp_path: Path) -> None:
    """A change of the file that a link leads to is a change of the link."""
    (tmp_path / "links").mkdir()
    file, link = tmp_path / "case.yaml", tmp_path / "links" / "case.yaml"
    file.write_text(GOOD, encoding="utf-8")
    link.symlink_to(file)
    with watching(link) as run:
        assert "errors: 0" in run.until("Watching")
        file.write_text(BAD, encoding="utf-8")
        assert "errors: 1" in run.until("Watching")
        link.unlink()
        link.write_text(GOOD, encoding="utf-8")
        assert "errors: 0" in run.until("Watching")


class Lines:
    """Stands for the changes of files."""

    def __init__(self, *turns: object) -> None:
        """Take the turns; an exception is raised in its turn."""
        self.turns = turns

    def __call__(self, *_folders: Path, **_settings: object) -> Iterator[object]:
        """The turns, one after the other."""
        for turn in self.turns:
            if isinstance(turn, BaseException):
                raise turn
            yield turn


def test_a_turn_without_changes_does_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It runs once at the beginning and then after changes only; the last status is returned."""
    monkeypatch.setattr(
        _watching, "changes_of", Lines(set(), set(), {(1, "x")}, KeyboardInterrupt())
    )
    statuses = iter([1, 0])
    assert _watching.watch(Screen("en"), [tmp_path], lambda _screen: next(statuses)) == 0
    assert list(statuses) == []


def test_an_error_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the documents rest on may be faulty for a while too."""
    monkeypatch.setattr(_watching, "changes_of", Lines(set(), {(1, "x")}))

    def run(_screen: Screen) -> int:
        raise DocumentError([Problem("document-empty", Location("base.yaml"))])

    assert _watching.watch(Screen("en"), [tmp_path], run) == 1
    assert capsys.readouterr().err.count("base.yaml") == 2


def test_what_matters(tmp_path: Path) -> None:
    """Files that were named matter, and documents in named folders that are not hidden."""
    (tmp_path / "rules").mkdir()
    named = tmp_path / "case.txt"
    named.touch()
    matters = _watching._Filter([tmp_path / "rules", named])
    changed = Change.modified
    assert matters(changed, str(named))
    assert matters(changed, str(tmp_path / "rules" / "deep" / "a.yaml"))
    assert not matters(changed, str(tmp_path / "rules" / "a.txt"))
    assert not matters(changed, str(tmp_path / "rules" / ".git" / "a.yaml"))
    assert not matters(changed, str(tmp_path / "case.yaml"))

"""Walks through a page of the documentation as its reader would, in an empty directory.

A block with a title is a file: it is written. A `console` block is typed: each `$ …` runs in a
shell, must end well, and the lines shown below it must be in its output; `…` stands for what is
left out. The environment has what `pip install 'bizrules[kit]'` brings, and nothing is downloaded.
"""

import os
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

ANSWERED: Final = (0, 3)  # settled, or open questions
_BLOCK: Final = re.compile(
    r'^```(?P<kind>\w+)(?: title="(?P<title>[^"]+)")?[^\n]*\n(?P<text>.*?)^```$',
    re.DOTALL | re.MULTILINE,
)


@attrs.frozen
class Block:
    """A fenced block of a page.

    Attributes:
        kind: What it is written in.
        title: The file it is, relative to the directory in which the reader is.
        text: What stands in it.
        line: Its first line on the page.
    """

    kind: str
    title: str | None
    text: str
    line: int


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    for found in _BLOCK.finditer(page):
        line = page.count("\n", 0, found.start()) + 1
        yield Block(found["kind"], found["title"], found["text"], line)


@attrs.define
class Reader:
    """Who follows a page, and where they are.

    Attributes:
        place: The directory they are in.
        env: The environment of their shell.
    """

    place: Path
    env: dict[str, str]

    def follow(self, page: str) -> None:
        """Do what the page says, block by block.

        Raises:
            AssertionError: If a command fails or does not print what is shown; names the line.
        """
        for block in blocks(page):
            if block.title is not None:
                path = self.place / block.title
                assert path.parent.is_dir(), f"line {block.line}: no folder for {block.title}"
                path.write_text(block.text, encoding="utf-8")
            elif block.kind == "console":
                self._type(block)

    def _type(self, block: Block) -> None:
        output: list[str] = []
        for number, line in enumerate(block.text.splitlines(), block.line + 1):
            if line.startswith("$ "):
                output = self._run(line.removeprefix("$ "), number)
            elif line.strip() not in ("", "…"):
                assert line.strip() in output, f"line {number}: not printed: {line}"

    def _run(self, command: str, number: int) -> list[str]:
        done = subprocess.run(
            ["bash", "-c", f"{command}\nstatus=$?\npwd > $WALKED\nexit $status"],
            cwd=self.place,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        said = f"line {number}: $ {command}\n{done.stdout}{done.stderr}"
        assert done.returncode in ANSWERED, said
        self.place = Path(Path(self.env["WALKED"]).read_text(encoding="utf-8").strip())
        return [line.strip() for line in done.stdout.splitlines()]


def new_reader(folder: Path) -> Reader:
    """A reader in an empty directory, with an environment of their own.

    What is installed for the tests is seen from it; what the reader installs stays in it.

    Args:
        folder: Where directory and environment are made.
    """
    place, home = folder / "empty", folder / "environment"
    place.mkdir()
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    own = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
    seen = sysconfig.get_path("purelib")
    (own / "seen.pth").write_text(f"import site; site.addsitedir({seen!r})\n", encoding="utf-8")
    for program in ("bizrules", "pip", "pytest"):
        script = home / "bin" / program
        script.write_text(f'#!/bin/sh\nexec "{python}" -m {program} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
    env = {
        **os.environ,
        "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "WALKED": str(folder / "walked"),
        "BIZRULES_LANG": "en",
        "COLUMNS": "200",
        "PYTHONUTF8": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "false",  # as pip reads it: no isolation, so no download
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    env.pop("PYTHONPATH", None)
    assert sys.prefix != sys.base_prefix, "run the tests in a virtual environment"
    return Reader(place, env)

"""Runs the command line: as a process, and inside the test."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import attrs

from bizrules.loading import Knowledge, load_documents

SMALL: Final = Path(__file__).parent / "small"
"""A small set of documents with facts of every kind."""

_TAKEN_AWAY: Final = frozenset(
    {"BIZRULES_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR", "TERM"}
)


@attrs.frozen
class Result:
    """What a run left behind."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of the standard output."""
        return self.out.splitlines()


Call: TypeAlias = Callable[..., Result]
"""Runs the command line inside the test: arguments, and `stdin` by name."""


def environment(**more: str) -> dict[str, str]:
    """The environment of this process without language and colour, and what is given."""
    kept = {name: value for name, value in os.environ.items() if name not in _TAKEN_AWAY}
    return {**kept, **more}


def process(
    *args: str | Path, stdin: bytes | str = b"", env: Mapping[str, str] | None = None
) -> Result:
    """Run `python -m bizrules` as users do."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "bizrules", *map(str, args)],
        input=given,
        capture_output=True,
        check=False,
        env={"BIZRULES_NO_CACHE": "0", **_without_cache(environment() if env is None else env)},
        timeout=120,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


def _without_cache(env: Mapping[str, str]) -> Mapping[str, str]:
    """The environment without the word that tests in this process use no cache."""
    return {name: value for name, value in env.items() if name != "BIZRULES_NO_CACHE"}


@cache
def small_knowledge() -> Knowledge:
    """What the small documents declare."""
    return load_documents([SMALL])


def case(
    name: str = "c-1", *, violation: str = "stall.street", region: str = "530103", more: str = ""
) -> str:
    """One case of a case file over the small documents; `more` are further keys, one a line."""
    lines = [
        f"  - id: {name}",
        f'    region: "{region}"',
        f"    violation: {violation}",
        "    committed: 2022-03-01",
        "    decided: 2022-05-20",
        *(f"    {line}" for line in more.splitlines()),
    ]
    return "\n".join(lines) + "\n"


def case_file(*cases: str, head: str = "") -> str:
    """A case file with the cases."""
    return f"format: 1\n{head}cases:\n{''.join(cases)}"


EXEMPT: Final = case("exempt", more="facts: {harm: none, minor: true, goods_value: 66}")
OPEN: Final = case("open", more="facts: {harm: none, corrected: true, goods_value: 66}")
CONTESTED: Final = case(
    "contested",
    more="facts: {harm: none, minor: false, corrected: true, goods_value: 66, obstructed: true,"
    " channel: online}",
)
BAD: Final = case("bad", more="facts: {hram: none, goods_value: -1}")

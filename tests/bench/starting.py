"""What comes before the first case: importing the library, reading its rules."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import attrs
import written_rules
from rounds import Spread
from workload import build

# Processor time: what a machine takes that does nothing else, its files already in memory.
_CLOCK: Final = "import time; t = time.process_time(); {}; print(time.process_time() - t)"
_READY: Final = "from bizrules.engine import Engine; from bizrules import evaluate, Case; "
_RESIDENT: Final = "; print(open('/proc/self/statm').read().split()[1])"
_NO_CACHE: Final = {**os.environ, "BIZRULES_NO_CACHE": "1"}
DISTRICTS: Final = 100


def _said(code: str) -> list[float]:
    """The figures that a process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env=_NO_CACHE
    )
    return [float(line) for line in done.stdout.split()]


def _row(name: str, beside: str, seconds: list[float]) -> dict[str, object]:
    spread = Spread.of([1000 * one for one in seconds])
    return {"name": name, "beside": beside, "millis": attrs.asdict(spread)}


def _timed(statement: str, rounds: int, before: str = "") -> list[float]:
    return [_said(before + _CLOCK.format(statement))[0] for _ in range(rounds)]


def _imports(rounds: int) -> list[dict[str, object]]:
    statements = {
        "import bizrules": "beyond Python's own start",
        "from bizrules import Case, evaluate, explain": "with all that one evaluation uses",
    }
    return [_row(f"`{text}`", beside, _timed(text, rounds)) for text, beside in statements.items()]


def _documents(folder: Path, rounds: int) -> list[dict[str, object]]:
    """1,769 rules from YAML, checked; then from a bundle of the same."""
    documents, bundle = folder / "rules", folder / "rules.bundle"
    documents.mkdir()
    written_rules.write(documents)
    load = f"Engine.load({str(documents)!r}, national=False, plugins=False)"
    _said(f"{_READY}from pathlib import Path; Path({str(bundle)!r}).write_bytes({load}.bundle())")
    unpack = f"Engine.load_bundle({str(bundle)!r})"
    size = bundle.stat().st_size
    return [
        _row("1,769 rules from YAML", "read and checked, no cache", _timed(load, rounds, _READY)),
        _row("the same from a bundle", f"{size:,} bytes", _timed(unpack, rounds, _READY)),
    ]


def _country(folder: Path, rounds: int) -> list[dict[str, object]]:
    """A hundred districts from a bundle, and what they hold in memory."""
    bundle = folder / "country.bundle"
    engine = build(scale=DISTRICTS, cases=0, districts=DISTRICTS).engine
    bundle.write_bytes(engine.bundle())
    count, size = len(engine.rules), bundle.stat().st_size
    unpack = f"kept = Engine.load_bundle({str(bundle)!r})"
    seconds = _timed(unpack, min(rounds, 3), _READY)
    before, after = (_said(f"{_READY}{text}{_RESIDENT}")[-1] for text in ("pass", unpack))
    held = (after - before) * os.sysconf("SC_PAGE_SIZE") / count
    beside = f"{size / count:,.0f} bytes a rule in the file, {held:,.0f} in memory"
    return [_row(f"{count:,} rules from a bundle", beside, seconds)]


def rows(*, rounds: int, country: bool) -> list[dict[str, object]]:
    """Imports and documents, each time in a process of its own.

    Args:
        rounds: How often each is timed.
        country: Whether to measure a hundred districts too.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        found = [*_imports(rounds), *_documents(folder, rounds)]
        return [*found, *_country(folder, rounds)] if country else found

"""What reading a package of rules costs, as ratios in one run to bare parsing of the same bytes."""

import gc
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
import written_rules
import yaml

from bizrules.checking import check, default_catalogue
from bizrules.loading import default_regions, load_documents

ROUNDS = 5
RULES = sum(written_rules.COUNTS.values())


def _best(*works: Callable[[], object]) -> list[float]:
    """Time of each work on the processor, the best of some interleaved rounds. *Unit*: seconds."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, found in zip(works, times, strict=True):
            gc.collect()
            start = process_time()
            kept = work()
            found.append(process_time() - start)
            del kept
    return [min(found) for found in times]


def _parse(raws: list[bytes]) -> None:
    """Every event of the fastest parser there is, and nothing else."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for raw in raws:
        for _ in yaml.parse(raw, Loader=loader):
            pass


def _loaded(folder: Path) -> int:
    """Load and check the package, and count its rules."""
    knowledge = load_documents([folder])
    assert not [one for one in check(knowledge, default_catalogue()) if not one.is_warning]
    return sum(len(ruleset.rules) for ruleset in knowledge.rulesets)


def _shown(folder: Path, what: str) -> None:
    raws = [path.read_bytes() for path in folder.iterdir()]
    assert _loaded(folder) == RULES
    bare, full = _best(lambda: _parse(raws), lambda: _loaded(folder))
    print(f"\n{what}, {sum(map(len, raws)) / 1e6:.1f} MB: {full:.2f} s", end="")
    print(f", {RULES / full:,.0f} rules/s, {full / bare:.1f} times bare parsing")


@pytest.fixture(autouse=True)
def _ready() -> None:
    """What comes with the library is read before."""
    default_regions()
    default_catalogue()


def test_rules(tmp_path: Path) -> None:
    """1,769 rules over 600 violations, read, linked and checked: the bar is one second."""
    written_rules.write(tmp_path)
    _shown(tmp_path, "load 1,769 rules (bar 1 s)")


def test_rules_with_goldens(tmp_path: Path) -> None:
    """The same with two golden cases a rule, as the packages of provinces have them and more."""
    written_rules.write(tmp_path, cases=2 * RULES)
    _shown(tmp_path, f"load 1,769 rules and {2 * RULES:,} golden cases")


def test_growth(tmp_path: Path) -> None:
    """Twice the rules and violations: the time should double."""
    small, large = tmp_path / "small", tmp_path / "large"
    small.mkdir()
    large.mkdir()
    written_rules.write(small)
    written_rules.write(large, 2 * RULES, of=2 * written_rules.VIOLATIONS)
    first, second = _best(lambda: load_documents([small]), lambda: load_documents([large]))
    print(f"\n1,769 rules {first:.2f} s, 3,538 rules {second:.2f} s, ratio {second / first:.1f}")


def test_further_package(tmp_path: Path) -> None:
    """A package of ten rules on top of none and of 5,307: the time should hardly grow."""
    (tmp_path / "vocabulary.yaml").write_text(written_rules.vocabulary(), encoding="utf-8")
    (tmp_path / "violations.yaml").write_text(written_rules.violations(), encoding="utf-8")
    base = load_documents([tmp_path])
    ten, many = tmp_path / "ten.yaml", tmp_path / "many.yaml"
    ten.write_text(written_rules.ruleset(10).replace("id: bench\n", "id: ten\n"), encoding="utf-8")
    many.write_text(written_rules.ruleset(3 * RULES), encoding="utf-8")
    full = load_documents([many], base=base)
    alone, on_top = _best(
        lambda: load_documents([ten], base=base), lambda: load_documents([ten], base=full)
    )
    print(f"\nten rules on top of none {alone * 1000:.1f} ms", end="")
    print(f", on top of 5,307 {on_top * 1000:.1f} ms, ratio {on_top / alone:.1f}")

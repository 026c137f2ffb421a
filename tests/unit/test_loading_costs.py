"""What reading costs: in proportion to what is read, never to what was read before."""

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator
from threading import Barrier, Thread
from types import FrameType

import attrs
import pytest
import written_rules

from bizrules import documents, loading
from bizrules._yaml import read_yaml
from bizrules.loading import GoldenCase, Knowledge, Origin, _linking, load_documents
from bizrules.loading._gathering import Ids
from bizrules.loading._pausing import PAUSE, Pause
from bizrules.provenance import Location
from bizrules.rules import Rule

VIOLATIONS = 20


def calls_of(work: Callable[[], object]) -> int:
    """How many functions of Python the work calls."""
    count = 0

    def note(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


class Closed(tuple[Rule, ...]):
    """Rules at which nobody may look."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Rule]:
        """Refuse to show them."""
        raise AssertionError


def ruleset(rules: int, name: str = "bench") -> str:
    """A ruleset about a few violations."""
    return written_rules.ruleset(rules, of=VIOLATIONS).replace("id: bench\n", f"id: {name}\n")


def load(*texts: str, base: Knowledge | None = None) -> Knowledge:
    """The documents, read."""
    return load_documents([read_yaml(text.encode(), "x") for text in texts], base=base)


@pytest.fixture(scope="module")
def known() -> Knowledge:
    """Facts and violations."""
    return load(written_rules.vocabulary(), written_rules.violations(VIOLATIONS))


class TestRules:
    """Reading rules takes so many calls a rule."""

    def test_linear(self, known: Knowledge) -> None:
        """Twice the rules take twice the calls, and each rule a bounded number."""
        counts = [
            calls_of(lambda n=rules: load(ruleset(n), base=known))  # type: ignore[misc]
            for rules in (40, 80, 160)
        ]
        first, second = counts[1] - counts[0], counts[2] - counts[1]
        assert second < 2.2 * first
        assert second / 80 < 1200

    def test_further_packages(self, known: Knowledge) -> None:
        """A package on top of others looks at none of their rules."""
        first = load(ruleset(20, "one"), base=known)
        closed = [attrs.evolve(one, rules=Closed(one.rules)) for one in first.rulesets]
        base = attrs.evolve(first, rulesets=tuple(closed))
        golden = written_rules.golden(3, of=VIOLATIONS).replace("[bench/", "[one/")
        found = load(ruleset(5, "last"), golden, base=base)
        assert [one.id for one in found.rulesets] == ["last", "one"]
        assert [len(golden.expect.fails or ()) for golden in found.goldens if golden.expect] == [
            1
        ] * 3

    def test_all_there(self, known: Knowledge) -> None:
        """The text of the measurements says what it should: no rule is lost."""
        found = load(ruleset(30), written_rules.golden(7, of=VIOLATIONS), base=known)
        assert [len(one.rules) for one in found.rulesets] == [30]
        assert [golden.case.id for golden in found.goldens] == [f"case-{n}" for n in range(7)]
        assert all(isinstance(golden, GoldenCase) for golden in found.goldens)


class TestIds:
    """Ids of rules and duties are known by where they were declared, or from the rules."""

    def test_like_the_rules(self, known: Knowledge) -> None:
        """All ids are those of the rules; there are no others."""
        found = load(ruleset(5), base=known)
        ids = Ids(found, "rule")
        assert sorted(ids) == [f"bench/{n}" for n in range(1, 6)]
        assert len(ids) == 5
        assert "bench/5" in ids
        assert "bench/6" not in ids
        assert "bench/5" not in Ids(found, "duty")

    def test_without_origins(self, known: Knowledge) -> None:
        """Knowledge built in Python has no origins, and its rules count all the same."""
        found = load(ruleset(5), base=known)
        assert "bench/5" in Ids(Knowledge(rulesets=found.rulesets), "rule")

    def test_by_origin(self) -> None:
        """What was declared is known without a look at any rule."""
        origin = Origin(location=Location("x"), plugin="bizrules")
        assert "a/1" in Ids(Knowledge(origins={"duty a/1": origin}), "duty")


@pytest.fixture
def _collecting() -> Iterator[None]:
    """The collector runs, before and after."""
    assert gc.isenabled()
    yield
    assert gc.isenabled()


@pytest.mark.usefixtures("_collecting")
class TestPause:
    """The garbage collector rests while documents are read, and only then."""

    def test_rests(self) -> None:
        """It rests inside, also inside of another rest, and runs again after a fault."""
        pause = Pause()

        def fail() -> None:
            with pause.hold():
                with pause.hold():
                    assert not gc.isenabled()
                assert not gc.isenabled()
                raise LookupError

        with pytest.raises(LookupError):
            fail()
        assert gc.isenabled()

    def test_stays_off(self) -> None:
        """A collector that a program turned off stays off."""
        gc.disable()
        try:
            with Pause().hold():
                assert not gc.isenabled()
            assert not gc.isenabled()
        finally:
            gc.enable()

    def test_threads(self) -> None:
        """Of several readers the last one done lets it run again."""
        pause, both, done = Pause(), Barrier(2), Barrier(2)

        def read() -> None:
            with pause.hold():
                both.wait(10)
                done.wait(10)

        thread = Thread(target=read)
        with pause.hold():
            thread.start()
            both.wait(10)
        assert not gc.isenabled()
        done.wait(10)
        thread.join(10)
        assert gc.isenabled()

    def test_documents(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It rests while documents are loaded, however that ends."""
        seen: list[bool] = []

        def opened(*_: object) -> tuple[()]:
            seen.append(gc.isenabled())
            return ()

        monkeypatch.setattr(_linking, "_opened", opened)
        load()
        assert seen == [False]
        assert not PAUSE.readers


class TestNames:
    """Names of the packages come from their modules when they are asked for."""

    def test_light(self) -> None:
        """What evaluation knows of loading brings neither YAML nor the structuring of documents."""
        code = (
            "import sys; from bizrules.loading import Knowledge; from bizrules.documents import "
            "FORMAT; print(sorted({'yaml', 'cattrs', 'bizrules._yaml', 'bizrules._structure',"
            " 'bizrules.grammar', 'bizrules.documents.cases'} & set(sys.modules)))"
        )
        run = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert run.stdout == "[]\n"

    @pytest.mark.parametrize("package", [loading, documents])
    def test_each(self, package: object) -> None:
        """Every name is there, and no other."""
        names = dir(package)
        assert names == sorted(names)
        assert all(getattr(package, name) is not None for name in names)
        with pytest.raises(AttributeError, match="no attribute `load`"):
            package.load  # type: ignore[attr-defined]  # noqa: B018 - asked for, not used

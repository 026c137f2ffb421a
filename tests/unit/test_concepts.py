"""Legal concepts in time: the definition of the day counts, the nearest first."""

from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from bizrules.cases import Act, Case
from bizrules.engine import Engine
from bizrules.errors import DocumentError
from bizrules.outcomes import Outcome
from bizrules.values import DateSpan, Interval

OLD, BORDER, NEW = date(2021, 3, 1), date(2022, 1, 1), date(2022, 3, 1)


def written(name: str, region: str, force: str, rest: str) -> str:
    """A ruleset document."""
    head = f"""\
        format: 1
        document: ruleset
        id: {name}
        version: "1"
        title: {{zh: 规则集, en: a ruleset}}
        region: {region}
        instrument: {{name: 某清单, level: document, kind: list}}
        in_force: {force}
        """
    return dedent(head) + dedent(rest)


def concept(most: int, *, force: str = "") -> str:
    """A definition of small goods: of a value of at most so much."""
    return f"""\
        define:
          small_goods:
            label: {{zh: 货值较小, en: goods of little value}}
            when: [{{goods_value: {{at_most: {most}}}}}]
            {f"in_force: {force}" if force else ""}
        """


USING = """\
    rules:
      - id: "1"
        title: {zh: 货值较小的, en: goods of little value}
        ground: special
        permits: [exempt]
        modality: shall
        violations: [food.past-shelf-life]
        when: [small_goods]
        cite: [{law: 行政处罚法, article: 33}]
    """


WORLD = """\
    format: 1
    document: vocabulary
    id: test.facts
    facts:
      goods_value: {kind: money, label: {zh: 货值金额, en: value of the goods}}
    """
CATALOGUE = """\
    format: 1
    document: violations
    id: test.violations
    violations:
      food.past-shelf-life:
        title: {zh: 经营超过保质期的食品, en: selling food past its shelf life}
        department: market_regulation
        field: food
    """


def engine(folder: Path, *documents: str, known_on: date | None = None) -> Engine:
    """An engine of the documents, one fact and one violation."""
    for number, document in enumerate((dedent(WORLD), dedent(CATALOGUE), *documents)):
        (folder / f"{number}.yaml").write_text(document, encoding="utf-8")
    return Engine.load(folder, national=False, plugins=False, as_known_on=known_on)


def outcome(
    built: Engine, acted: date | DateSpan, decided: date | DateSpan, value: int = 300
) -> Outcome:
    """The outcome for goods of a value."""
    return built.evaluate(
        Case(
            id="c",
            region="530103",
            violation="food.past-shelf-life",
            committed=Act(ended=acted),
            decided=decided,
            facts={"goods_value": value},
        )
    )


def truth(found: Outcome, rule: str = "test.using/1") -> str:
    """Truth of the rule."""
    return next(one.truth.value for one in found.findings if one.rule == rule)


@pytest.fixture
def amended(tmp_path: Path) -> Engine:
    """A city whose definition of a concept was followed by another, and a district's rule."""
    return engine(
        tmp_path,
        written("test.first", '"530100"', "{from: 2020-01-01, until: 2022-01-01}", concept(500)),
        written("test.second", '"530100"', "{from: 2022-01-01}", concept(200)),
        written("test.using", '"530103"', "{from: 2020-06-01}", USING),
    )


class TestVersions:
    """A concept that was defined anew."""

    @pytest.mark.parametrize(
        ("day", "value", "expected"),
        [
            (date(2021, 12, 31), 500, "true"),
            (date(2021, 12, 31), 501, "false"),
            (BORDER, 200, "true"),
            (BORDER, 201, "false"),
            (BORDER, 500, "false"),
        ],
    )
    def test_the_definition_of_the_day(
        self, amended: Engine, day: date, value: int, expected: str
    ) -> None:
        """On the last day of the old definition the old one counts, on the next day the new."""
        assert truth(outcome(amended, day, day, value)) == expected

    @pytest.mark.parametrize(
        ("value", "expected"), [(100, "true"), (300, "unknown"), (600, "false")]
    )
    def test_a_day_in_doubt(self, amended: Engine, value: int, expected: str) -> None:
        """On days that may lie on either side only what both definitions say is said."""
        around = DateSpan(date(2021, 12, 1), date(2022, 1, 31))
        found = outcome(amended, around, around, value)
        asked = {question.fact for question in found.questions}
        assert truth(found) == expected
        assert bool(asked & {"committed", "decided"}) is (expected == "unknown")

    def test_old_law_and_new(self, amended: Engine) -> None:
        """Two definitions make two laws: the act before the border has the milder one."""
        found = outcome(amended, OLD, NEW)
        assert found.law_applied.choice.value == "old"
        assert truth(found) == "true"

    def test_the_trace_names_it(self, amended: Engine) -> None:
        """The trace shows the definition that counted."""
        texts = {
            day: next(f for f in outcome(amended, day, day).findings if f.rule == "test.using/1")
            for day in (OLD, NEW)
        }
        said = {day: found.trace.children[0].text.zh for day, found in texts.items()}
        assert "500" in said[OLD]
        assert "200" in said[NEW]


class TestScope:
    """Which definitions are looked at."""

    def test_own_days(self, tmp_path: Path) -> None:
        """A definition may be in force on other days than its ruleset."""
        own = written(
            "test.using", '"530103"', "{from: 2022-01-01}", concept(500, force="{from: 2020-01-01}")
        )
        built = engine(tmp_path, own + dedent(USING))
        (found,) = (r for r in built.rulesets if r.id == "test.using")
        assert found.definitions["small_goods"].in_force == Interval(date(2020, 1, 1))
        assert truth(outcome(built, NEW, NEW)) == "true"

    def test_other_departments(self, tmp_path: Path) -> None:
        """What another department defines is not in scope."""
        other = written("test.tax", '"530100"', "{from: 2020-01-01}", concept(500))
        other = other.replace('region: "530100"', 'region: "530100"\ndepartment: tax')
        with pytest.raises(DocumentError) as caught:
            engine(tmp_path, other, written("test.using", '"530103"', "{from: 2020-06-01}", USING))
        assert [problem.code for problem in caught.value.problems] == ["unknown-fact"]

    def test_known_later(self, tmp_path: Path) -> None:
        """A definition published later does not count for who did not know it."""
        second = written("test.second", '"530100"', "{from: 2022-01-01}", concept(200))
        second = second.replace("in_force:", "published: 2021-12-01\nin_force:")
        first = written(
            "test.first",
            '"530100"',
            "{from: 2020-01-01, until: 2022-01-01, end_published: 2021-12-01}",
            concept(500),
        )
        using = written("test.using", '"530103"', "{from: 2020-06-01}", USING)
        later = engine(tmp_path, first, second, using, known_on=date(2021, 12, 1))
        before = engine(tmp_path, first, second, using, known_on=date(2021, 11, 30))
        assert truth(outcome(later, NEW, NEW)) == "false"
        assert truth(outcome(before, NEW, NEW)) == "true"


class TestGaps:
    """Days without a definition."""

    @pytest.mark.parametrize(
        ("force", "problems"),
        [
            ("{from: 2020-06-01}", 0),
            ("{from: 2019-06-01}", 1),
            ("{from: 2021-06-01, until: 2021-12-01}", 0),
        ],
    )
    def test_before_it_began(self, tmp_path: Path, force: str, problems: int) -> None:
        """An entry in force before its concept is refused, with the days in question."""
        using = written("test.using", '"530103"', force, USING)
        defining = written("test.first", '"530100"', "{from: 2020-01-01}", concept(500))
        if not problems:
            assert engine(tmp_path, defining, using).rules
            return
        with pytest.raises(DocumentError) as caught:
            engine(tmp_path, defining, using)
        (problem,) = caught.value.problems
        assert problem.code == "definition-not-in-force"
        assert (problem.details["start"], problem.details["end"]) == ("2019-06-01", "2020-01-01")

    def test_after_it_ended(self, tmp_path: Path) -> None:
        """An entry that goes on after its concept ended is refused."""
        using = written("test.using", '"530103"', "{from: 2020-06-01}", USING)
        ended = "{from: 2020-01-01, until: 2022-01-01}"
        with pytest.raises(DocumentError) as caught:
            engine(tmp_path, written("test.first", '"530100"', ended, concept(500)), using)
        assert [p.code for p in caught.value.problems] == ["definition-not-in-force"]

    def test_twice_on_a_day(self, tmp_path: Path) -> None:
        """A national concept has one definition on a day."""
        documents = [
            written(name, "national", "{from: 2020-01-01}", concept(500)) for name in ("t.a", "t.b")
        ]
        with pytest.raises(DocumentError) as caught:
            engine(tmp_path, *documents)
        assert [problem.code for problem in caught.value.problems] == ["duplicate-id"]

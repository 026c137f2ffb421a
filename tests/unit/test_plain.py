import json
from decimal import Decimal

import attrs
import pytest

from bizrules.cases import Act, Party, Prior, Priors
from bizrules.errors import DocumentError
from bizrules.explanation import EXPLANATION_FORMS, explain, explanation_data
from bizrules.loading import case_from_plain
from bizrules.outcomes import Finding, Outcome, OutcomeSource
from bizrules.plain import (
    Recorded,
    RecordedFinding,
    RecordedOutcome,
    outcome_from_plain,
    outcome_of,
    record_of,
    same_outcome,
    to_plain,
)
from bizrules.report import report
from bizrules.values import Money
from outcome_samples import KNOWN, case, engine, outcome, outcomes

ALL = sorted(outcomes())


def there_and_back(found: Outcome) -> Outcome:
    """The outcome written as JSON and read again."""
    return outcome_from_plain(json.loads(json.dumps(to_plain(found))))


@pytest.mark.parametrize("name", ALL)
class TestRoundTrip:
    """An outcome read back is the outcome that was written."""

    def test_every_part_is_equal(self, name: str) -> None:
        """Every part, the traces included, is what it was."""
        found = outcomes()[name]
        back = there_and_back(found)
        assert same_outcome(found, back)
        for field in attrs.fields(RecordedOutcome):
            if field.name not in ("format", "findings"):
                assert getattr(back, field.name) == getattr(found, field.name), field.name
        assert back.findings == found.findings
        traces = [finding.trace for finding in found.findings]
        assert [finding.trace for finding in back.findings] == traces

    def test_writing_again_gives_the_same_data(self, name: str) -> None:
        """Plain data is the same after a round trip, and its order is fixed."""
        found = outcomes()[name]
        text = json.dumps(to_plain(found))
        assert json.dumps(to_plain(there_and_back(found))) == text
        assert json.dumps(to_plain(engine().evaluate(found.case))) == text

    def test_it_explains_and_reports_without_an_engine(self, name: str) -> None:
        """Explanations and reports of the outcome read back are the same in every form."""
        found = outcomes()[name]
        back = there_and_back(found)
        assert isinstance(back.source, Recorded)
        for lang in ("zh", "en"):
            assert report(back, lang) == report(found, lang)
            assert explanation_data(back, lang) == explanation_data(found, lang)
            for form in EXPLANATION_FORMS:
                whole = explain(found, lang=lang, form=form, full=True)
                assert explain(back, lang=lang, form=form, full=True) == whole

    def test_its_case_evaluates_to_the_same(self, name: str) -> None:
        """The case read back leads to the same outcome."""
        found = outcomes()[name]
        assert same_outcome(engine().evaluate(there_and_back(found).case), found)

    def test_what_is_derived_from_parts(self, name: str) -> None:
        """Citations and sorted findings come out the same."""
        found = outcomes()[name]
        back = there_and_back(found)
        assert back.citations == found.citations
        assert (back.held, back.failed, back.unknown) == (found.held, found.failed, found.unknown)


class TestCases:
    """Cases inside outcomes, and cases alone."""

    def test_facts_given_in_python(self) -> None:
        """Facts in any form a caller may give come back as equal facts."""
        facts = {**KNOWN, "goods_value": Money(6_650)}
        found = engine().evaluate(case("ordinary", facts=facts))
        back = there_and_back(found)
        assert back.case == found.case
        assert back.case.facts["goods_value"] == "66.5"
        decimal = engine().evaluate(case("ordinary", facts={"goods_value": Decimal("66.50")}))
        assert there_and_back(decimal).case == decimal.case

    def test_everything_a_case_may_say(self) -> None:
        """Dates in part, continuing acts, priors and parties survive."""
        full = case(
            "measure",
            committed=Act(ended="2022-02", began="2021"),
            party=Party(kind="individual", age=13),
            priors=Priors(searched_since=None, found=[Prior(violation="food.stale")]),
            examined={"aggravation"},
        )
        found = engine().evaluate(full)
        assert there_and_back(found).case == full

    def test_a_case_alone(self) -> None:
        """A case alone is written in document form, which the loader reads."""
        one = case("measure")
        assert case_from_plain(to_plain(one), engine().knowledge) == one


class TestDifferences:
    """Outcomes that differ are told apart."""

    def test_other_outcomes_are_not_the_same(self) -> None:
        """Outcomes of different cases differ; an outcome is itself."""
        assert same_outcome(outcome("open"), outcome("open"))
        assert not same_outcome(outcome("open"), outcome("exempt"))

    def test_a_trace_makes_a_difference(self) -> None:
        """Outcomes that differ only in a trace are not the same."""
        record = record_of(outcome("exempt"))
        (first, *rest) = record.findings
        other = attrs.evolve(first, trace=attrs.evolve(first.trace, facts=("x",)))
        assert not same_outcome(
            outcome("exempt"), outcome_of(attrs.evolve(record, findings=(other, *rest)))
        )


class TestData:
    """Data from elsewhere is checked."""

    def test_unknown_format(self) -> None:
        """A format of the future is refused by its number."""
        data = {**to_plain(outcome("exempt")), "format": 2}
        with pytest.raises(DocumentError) as caught:
            outcome_from_plain(data, name="old.json")
        (problem,) = caught.value.problems
        assert problem.code == "format-unknown"
        assert str(problem.location) == "old.json $.format"

    def test_faults_are_located(self) -> None:
        """Every fault of the data is reported with its place."""
        data = to_plain(outcome("exempt"))
        data["grade"] = "free"
        data["labels"] = {"region": {"zh": "甲"}}
        data["extra"] = 1
        with pytest.raises(DocumentError) as caught:
            outcome_from_plain(data)
        found = {(problem.code, problem.location.path) for problem in caught.value.problems}
        assert found == {
            ("not-in-choices", "$.grade"),
            ("missing-key", "$.labels.region"),
            ("unknown-key", "$.extra"),
        }

    def test_no_outcome_at_all(self) -> None:
        """Something else altogether is refused too."""
        with pytest.raises(DocumentError):
            outcome_from_plain([])


class TestCompleteness:
    """What is recorded keeps up with what outcomes say."""

    def test_every_field_of_a_finding_is_recorded(self) -> None:
        """A finding has no field that its record lacks."""
        names = {field.name for field in attrs.fields(Finding)} - {"source"}
        assert {field.name for field in attrs.fields(RecordedFinding)} == names | {"trace"}

    def test_every_part_of_an_outcome_is_recorded(self) -> None:
        """An outcome has no field and no source method that its record lacks."""
        own = {field.name for field in attrs.fields(Outcome)} - {"source"}
        asked = {name for name in vars(OutcomeSource) if not name.startswith("_")}
        recorded = {field.name for field in attrs.fields(RecordedOutcome)}
        assert recorded == own | asked | {"format"}

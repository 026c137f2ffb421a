"""Golden cases: what their outcome is against what it must be."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeVar

import attrs

from bizrules.engine import Engine
from bizrules.errors import CaseError, Problem
from bizrules.loading import Expect, ExpectedFine, GoldenCase
from bizrules.outcomes import Outcome
from bizrules.penalties import Grade
from bizrules.provenance import Text
from bizrules.truth import Truth
from bizrules.values import FEN_PER_YUAN, format_decimal
from bizrules.wording import both, join, phrase

T = TypeVar("T")

NOTHING: Final = "-"
_MOST_FACTS: Final = 5


@attrs.frozen(kw_only=True)
class Difference:
    """One thing in which an outcome is not what the golden case expects.

    Attributes:
        part: What differs, as documents write it: `grade`, `fine.low`, `compulsion.seizure`,
            `holds <rule>`; `case` if the case could not be evaluated.
        expected: What is expected, in the words of documents; `-` for nothing.
        found: What the outcome says, in the same words.
        wanted: What is expected in words for people, where those of documents say too little.
        told: What the outcome says, likewise.
        problem: Why the case could not be evaluated.
    """

    part: str
    expected: str
    found: str
    wanted: Text | None = None
    told: Text | None = None
    problem: Problem | None = None

    @property
    def text(self) -> Text:
        """The difference in words."""
        if self.problem is not None:
            return both(self.problem.text)
        expected, found = self.wanted or self.expected, self.told or self.found
        return phrase("golden.difference", part=self.part, expected=expected, found=found)


@attrs.frozen(kw_only=True)
class GoldenResult:
    """A golden case, run.

    Attributes:
        golden: The golden case.
        differences: In what its outcome is not as expected.
        outcome: The outcome; None if the case could not be evaluated.
    """

    golden: GoldenCase
    differences: tuple[Difference, ...] = ()
    outcome: Outcome | None = attrs.field(default=None, repr=False)

    @property
    def id(self) -> str:
        """The id of the case."""
        return self.golden.case.id

    @property
    def passed(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    @property
    def counts(self) -> bool:
        """Whether something was expected at all; a case that cannot be evaluated counts too."""
        return self.golden.expect is not None or not self.passed


def run_goldens(engine: Engine, goldens: Iterable[GoldenCase]) -> tuple[GoldenResult, ...]:
    """Every golden case, run.

    Args:
        engine: What evaluates them.
        goldens: The golden cases.
    """
    return tuple(run_golden(engine, golden) for golden in goldens)


def run_golden(engine: Engine, golden: GoldenCase) -> GoldenResult:
    """One golden case, run; problems of the case are differences too, warnings are not.

    A case that expects something of an entry of a draft is evaluated with the drafts.

    Args:
        engine: What evaluates it.
        golden: The golden case.
    """
    expected = golden.expect
    if expected is not None and names_draft(
        engine, (*(expected.holds or ()), *(expected.fails or ()))
    ):
        engine = engine.with_drafts
    try:
        outcome = engine.evaluate(golden.case)
    except CaseError as error:
        return GoldenResult(golden=golden, differences=tuple(map(unfit, error.problems)))
    found = [unfit(problem) for problem in outcome.problems if not problem.is_warning]
    if golden.expect is not None:
        found.extend(differences(golden.expect, outcome))
    return GoldenResult(golden=golden, differences=tuple(found), outcome=outcome)


def names_draft(engine: Engine, rules: Iterable[str]) -> bool:
    """Whether one of the rules is an entry of a draft."""
    return any(rule.partition("/")[0] in engine.draft_ids for rule in rules)


def unfit(problem: Problem) -> Difference:
    """A problem of a case as a difference."""
    return Difference(part="case", expected=NOTHING, found=problem.code, problem=problem)


def differences(expect: Expect, outcome: Outcome) -> Iterator[Difference]:
    """In what the outcome is not as expected; what the expectation leaves out is not compared."""
    yield from _grade_differences(expect, outcome)
    yield from _compare("permitted", expect.permitted, outcome.permitted, _codes)
    yield from _compare("modality", expect.modality, outcome.modality, _value)
    yield from _compare("settled", expect.settled, outcome.settled, flag)
    yield from _compare("contested", expect.contested, outcome.contested, flag)
    if expect.fine is not None:
        yield from _fine_differences(expect.fine, outcome)
    for measure, verdict in (expect.compulsion or {}).items():
        said = {one.measure: one.verdict.value for one in outcome.compulsion}
        part = f"compulsion.{measure.value}"
        yield from differ(part, verdict.value, said.get(measure, NOTHING))
    asked = {question.fact for question in outcome.questions} if expect.asks else frozenset()
    for fact in expect.asks or ():
        yield from differ(f"asks {fact}", "true", flag(fact in asked))
    yield from _rule_differences(expect, outcome)
    if expect.law is not None:
        yield from _compare("law.choice", expect.law.choice, outcome.law_applied.choice, _value)
        yield from _compare("law.basis", expect.law.basis, outcome.law_applied.basis, _value)
    yield from _duty_differences(expect, outcome)


def _grade_differences(expect: Expect, outcome: Outcome) -> Iterator[Difference]:
    wanted = NOTHING if expect.grade is None else expect.grade.code
    found = NOTHING if outcome.grade is None else outcome.grade.code
    if wanted != found and (expect.no_grade or expect.grade is not None):
        yield Difference(
            part="grade",
            expected=wanted,
            found=found,
            wanted=phrase("golden.no-grade") if expect.grade is None else None,
            told=_why_no_grade(outcome) if outcome.grade is None else None,
        )


def _why_no_grade(outcome: Outcome) -> Text:
    """That the outcome is contested, or open, and what is not known."""
    if outcome.contested:
        return phrase("golden.contested")
    asked = [question.label for question in outcome.questions]
    if not asked:
        return phrase("golden.no-grade")
    facts = both(lambda lang: join((label.in_(lang) for label in asked[:_MOST_FACTS]), lang))
    more = len(asked) - _MOST_FACTS
    return phrase("golden.open-more" if more > 0 else "golden.open", facts=facts, count=more)


def _rule_differences(expect: Expect, outcome: Outcome) -> Iterator[Difference]:
    """A rule that is no candidate in the case does not hold."""
    if not (expect.holds or expect.fails):
        return
    truths = {finding.rule: finding.truth for finding in outcome.findings}
    for rule in expect.holds or ():
        truth = truths.get(rule)
        yield from differ(f"holds {rule}", "true", NOTHING if truth is None else truth.value)
    for rule in expect.fails or ():
        yield from differ(f"fails {rule}", "false", truths.get(rule, Truth.FALSE).value)


def _duty_differences(expect: Expect, outcome: Outcome) -> Iterator[Difference]:
    """A duty that does not follow is no duty without a date."""
    if not (expect.duties or expect.no_duties or expect.capped):
        return
    found = {due.duty: due for due in outcome.duties}
    for duty, day in (expect.duties or {}).items():
        part, absent = f"duties {duty}", duty not in found
        said = "false" if absent else _day(found[duty].opens or found[duty].due)
        if said != _day(day):
            yield Difference(
                part=part,
                expected=_day(day),
                found=said,
                wanted=phrase("golden.duty-undated") if day is None else None,
                told=_told_duty(said),
            )
    for duty in expect.no_duties or ():
        if duty in found:
            yield Difference(
                part=f"no_duties {duty}",
                expected="false",
                found="true",
                wanted=phrase("golden.no-duty"),
                told=phrase("golden.duty"),
            )
    for duty, day in (expect.capped or {}).items():
        capped = found[duty].capped_on if duty in found else None
        yield from differ(f"capped {duty}", _day(day), _day(capped))


def _told_duty(said: str) -> Text | None:
    keys = {"false": "golden.no-duty", NOTHING: "golden.duty-undated"}
    return phrase(keys[said]) if said in keys else None


def _fine_differences(expect: ExpectedFine, outcome: Outcome) -> Iterator[Difference]:
    fine = outcome.fine
    yield from _compare("fine.state", expect.state, fine.state, _value)
    for end in ("low", "high"):
        wanted: Decimal | None = getattr(expect, end)
        if wanted is not None:
            # With a base that is unknown the ends are no money.
            known = fine.range is not None and fine.range.base is None
            found: Fraction | None = getattr(fine.range, end) if known else None
            yield from differ_in_amount(f"fine.{end}", wanted, found)


def differ_in_amount(part: str, expected: Decimal, found: Fraction | None) -> Iterator[Difference]:
    """An amount that is not the one expected, in yuan; what is found is in fen."""
    if found is None or found != Fraction(expected) * FEN_PER_YUAN:
        shown = NOTHING if found is None else str(found / FEN_PER_YUAN)
        yield Difference(part=part, expected=format_decimal(expected), found=shown)


def _compare(
    part: str, expected: T | None, found: T | None, say: Callable[[T], str]
) -> Iterator[Difference]:
    if expected is not None:
        yield from differ(part, say(expected), NOTHING if found is None else say(found))


def differ(part: str, expected: str, found: str) -> Iterator[Difference]:
    """A part that is not as expected."""
    if expected != found:
        yield Difference(part=part, expected=expected, found=found)


def _day(day: date | None) -> str:
    return NOTHING if day is None else day.isoformat()


def _code(grade: Grade) -> str:
    return grade.code


def _codes(grades: Iterable[Grade]) -> str:
    return ", ".join(grade.code for grade in sorted(grades))


def flag(value: object) -> str:
    """Yes or no, as documents write it."""
    return "true" if value else "false"


def _value(member: object) -> str:
    return str(getattr(member, "value", member))

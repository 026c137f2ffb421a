"""Golden matters: what their joint outcome is against what it must be."""

from collections.abc import Iterable, Iterator

import attrs

from bizrules.engine import Engine
from bizrules.errors import CaseError
from bizrules.loading import ExpectedAct, ExpectMatter, GoldenMatter
from bizrules.matters import ActOutcome, MatterOutcome
from bizrules.testing._goldens import (
    NOTHING,
    Difference,
    differ,
    differ_in_amount,
    flag,
    names_draft,
    unfit,
)
from bizrules.truth import Truth


@attrs.frozen(kw_only=True)
class MatterResult:
    """A golden matter, run.

    Attributes:
        golden: The golden matter.
        differences: In what its joint outcome is not as expected.
        outcome: The joint outcome; None if the matter could not be evaluated.
    """

    golden: GoldenMatter
    differences: tuple[Difference, ...] = ()
    outcome: MatterOutcome | None = attrs.field(default=None, repr=False)

    @property
    def id(self) -> str:
        """The id of the matter."""
        return self.golden.id

    @property
    def passed(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    @property
    def counts(self) -> bool:
        """Whether something was expected at all; what cannot be evaluated counts too."""
        return self.golden.expect is not None or not self.passed


def run_matters(engine: Engine, goldens: Iterable[GoldenMatter]) -> tuple[MatterResult, ...]:
    """Every golden matter, run.

    Args:
        engine: What evaluates them.
        goldens: The golden matters.
    """
    return tuple(run_matter(engine, golden) for golden in goldens)


def run_matter(engine: Engine, golden: GoldenMatter) -> MatterResult:
    """One golden matter, run; problems of its cases are differences too.

    Args:
        engine: What evaluates it.
        golden: The golden matter.
    """
    if golden.expect is not None:
        lists = [*(golden.expect.holds or {}).values(), *(golden.expect.fails or {}).values()]
        if names_draft(engine, (rule for rules in lists for rule in rules)):
            engine = engine.with_drafts
    try:
        outcome = engine.evaluate_matter(golden.cases, name=golden.id)
    except CaseError as error:
        return MatterResult(golden=golden, differences=tuple(map(unfit, error.problems)))
    problems = (problem for part in outcome.parts for problem in part.outcome.problems)
    found = [unfit(problem) for problem in problems if not problem.is_warning]
    if golden.expect is not None:
        found.extend(matter_differences(golden.expect, outcome))
    return MatterResult(golden=golden, differences=tuple(found), outcome=outcome)


def matter_differences(expect: ExpectMatter, outcome: MatterOutcome) -> Iterator[Difference]:
    """In what the joint outcome is not as expected; what is left out is not compared."""
    if expect.settled is not None:
        yield from differ("settled", flag(expect.settled), flag(outcome.settled))
    if expect.crime is not None:
        found = outcome.crime_suspected is Truth.TRUE
        yield from differ("crime", flag(expect.crime), flag(found))
    roles = {part.case.id: part.role.value for part in outcome.parts}
    for case, role in (expect.roles or {}).items():
        yield from differ(f"roles.{case}", role.value, roles[case])
    if expect.acts is not None:
        yield from _act_differences(expect.acts, outcome.acts)
    sums = outcome.fine.range
    if expect.low is not None:
        yield from differ_in_amount("fine.low", expect.low, None if sums is None else sums.low)
    if expect.high is not None:
        yield from differ_in_amount("fine.high", expect.high, None if sums is None else sums.high)
    asked = {question.fact for question in outcome.questions} if expect.asks else frozenset()
    for fact in expect.asks or ():
        yield from differ(f"asks {fact}", "true", flag(fact in asked))
    yield from _rule_differences(expect, outcome)


def _act_differences(
    expected: tuple[ExpectedAct, ...], found: tuple[ActOutcome, ...]
) -> Iterator[Difference]:
    yield from differ("acts", str(len(expected)), str(len(found)))
    for number, (wanted, act) in enumerate(zip(expected, found, strict=False), start=1):
        part = f"acts.{wanted.act or number}"
        if wanted.act is not None:
            yield from differ(f"{part}.act", wanted.act, act.act or NOTHING)
        if wanted.applied is not None or wanted.not_applied:
            applied = NOTHING if act.applied is None else act.applied.case.id
            yield from differ(f"{part}.applied", wanted.applied or NOTHING, applied)
        if wanted.basis is not None:
            yield from differ(f"{part}.basis", wanted.basis.value, act.basis.value)
        if wanted.settled is not None:
            yield from differ(f"{part}.settled", flag(wanted.settled), flag(act.settled))


def _rule_differences(expect: ExpectMatter, outcome: MatterOutcome) -> Iterator[Difference]:
    parts = {part.case.id: part.outcome for part in outcome.parts}
    for key, given, wanted in (("holds", expect.holds, "true"), ("fails", expect.fails, "false")):
        for case, rules in (given or {}).items():
            truths = {finding.rule: finding.truth.value for finding in parts[case].findings}
            for rule in rules:
                # A rule that is no candidate in the case does not hold.
                found = truths.get(rule, "false")
                yield from differ(f"{key} {case} {rule}", wanted, found)

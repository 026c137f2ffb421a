"""Records put together from shared parts are the same as those built field by field."""

import copy
import pickle
import weakref

import attrs
import pytest

from bizrules.cases import Case, fingerprint
from bizrules.conditions import Op
from bizrules.outcomes import Finding, Outcome
from bizrules.penalties import Grade
from bizrules.plain import to_plain
from bizrules.receipts import Receipt
from bizrules.truth import Truth
from property.worlds import case, check, engine, is_true, rule

BUILT = engine(
    rule("r.national/minor", Grade.EXEMPT, is_true("minor")),
    rule("r.national/harmless", Grade.LIGHTER, check("harm", Op.IS, "none")),
)
ONE = case(facts={"minor": True})


def compiled(one: Case = ONE) -> Outcome:
    """The outcome of a case whose law was met before."""
    for _ in range(2):
        BUILT.evaluate(one)
    return BUILT.evaluate(one)


def rebuilt(finding: Finding) -> Finding:
    """The same finding, given every field."""
    fields = (field.name for field in attrs.fields(Finding))
    return Finding(**{name: getattr(finding, name) for name in fields})


class TestFindings:
    """A finding says what its parts say, and is as frozen as any other."""

    def test_equal_to_one_that_was_given_its_fields(self) -> None:
        """Equality, hash and display do not tell where a field comes from."""
        for finding in compiled().findings:
            other = rebuilt(finding)
            assert (finding, hash(finding), repr(finding)) == (other, hash(other), repr(other))
            assert finding.trace == other.trace

    def test_frozen(self) -> None:
        """No field can be set, whether it was read before or not."""
        finding = compiled().findings[0]
        for name in ("rule", "title"):
            with pytest.raises(attrs.exceptions.FrozenInstanceError):
                setattr(finding, name, "other")

    def test_evolve_and_copy(self) -> None:
        """A changed copy differs in that field alone; a plain copy in none; both leave it alone."""
        finding = compiled().findings[0]
        changed = attrs.evolve(finding, truth=Truth.UNKNOWN)
        assert (changed.truth, changed.title) == (Truth.UNKNOWN, finding.title)
        assert copy.copy(finding) == finding == compiled().findings[0]
        bare = attrs.evolve(finding, source=None)
        assert pickle.loads(pickle.dumps(bare)) == bare  # noqa: S301 - our own

    def test_no_other_attribute(self) -> None:
        """What is no field is no attribute."""
        finding = compiled().findings[0]
        with pytest.raises(AttributeError, match="'Finding' object has no attribute 'colour'"):
            finding.colour  # type: ignore[attr-defined]  # noqa: B018
        assert weakref.ref(finding)() is finding

    def test_those_that_did_not_fail(self) -> None:
        """What holds and what cannot be told are the findings that say so, in their order."""
        for one in (case(), ONE, case(facts={"minor": False, "harm": "none"})):
            outcome = compiled(one)
            for some, truth in ((outcome.held, Truth.TRUE), (outcome.unknown, Truth.UNKNOWN)):
                assert some == tuple(f for f in outcome.findings if f.truth is truth)
                assert [finding.trace.truth for finding in some] == [truth] * len(some)


class TestReceipts:
    """The digest of the case is worked out when it is read."""

    def test_equal_to_one_that_was_given_its_fields(self) -> None:
        """A receipt from parts carries the fingerprint of its own case."""
        other = attrs.evolve(ONE, id="b", facts={"minor": True, "harm": "none"})
        for one in (ONE, other):
            receipt = compiled(one).receipt
            fields = (field.name for field in attrs.fields(Receipt))
            assert Receipt(**{name: getattr(receipt, name) for name in fields}) == receipt
            assert receipt.case == fingerprint(one)
            assert pickle.loads(pickle.dumps(receipt)) == receipt  # noqa: S301 - our own


class TestOutcomes:
    """An outcome from parts is one like any other."""

    def test_frozen(self) -> None:
        """No field can be set."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            compiled().grade = Grade.HEAVIER  # type: ignore[misc]

    def test_evolve(self) -> None:
        """A changed copy says the rest as before, what had not been read yet included."""
        outcome = compiled()
        changed = attrs.evolve(outcome, contested=True)
        assert changed.contested
        assert (changed.problems, changed.crime_suspected) == ((), Truth.UNKNOWN)
        assert changed.findings == outcome.findings
        assert to_plain(attrs.evolve(changed, contested=False)) == to_plain(outcome)

    def test_no_other_attribute(self) -> None:
        """What is no field is no attribute, of the outcome and of what computes its parts."""
        outcome = compiled()
        with pytest.raises(AttributeError, match="'Outcome' object has no attribute 'colour'"):
            outcome.colour  # type: ignore[attr-defined]  # noqa: B018
        with pytest.raises(AttributeError, match="'CompiledAnswer' object has no attribute"):
            outcome.source.colour  # type: ignore[attr-defined]  # noqa: B018
        assert weakref.ref(outcome)() is outcome

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

import attrs
import pytest

from bizrules.cases import Case
from bizrules.facts import Kind
from bizrules.outcomes import (
    DueDuty,
    Finding,
    Fine,
    FineState,
    KindOutcome,
    LawApplied,
    LawChoice,
    MeasureOutcome,
    NearMiss,
    Outcome,
    Question,
    Reason,
    Trace,
    Verdict,
)
from bizrules.penalties import Grade, Modality, PenaltyKind
from bizrules.provenance import Citation, NormLevel, Text
from bizrules.receipts import Receipt
from bizrules.rules import Axis, Ground, Measure
from bizrules.truth import Truth
from strategies import text

CASE = Case(id="7", region="530103", violation="food.label")


def cite(article: str) -> Citation:
    """An article of the law."""
    return Citation("行政处罚法", article)


def finding(name: str, truth: Truth, *articles: str) -> Finding:
    """A finding with that truth, resting on the articles."""
    return Finding(
        rule=name,
        title=text(name),
        ground=Ground.MINOR,
        axis=Axis.PENALTY,
        permits=(Grade.EXEMPT,),
        modality=Modality.SHALL,
        truth=truth,
        level=NormLevel.LAW,
        citations=tuple(cite(article) for article in articles),
    )


TRACE = Trace(node="test", truth=Truth.TRUE, text=text("recalled"))
QUESTION = Question(fact="harm", kind=Kind.LEVEL, ask=text("harm?"), label=text("harm"))


@attrs.define
class Source:
    """Gives the parts of an outcome and counts how often each is asked for."""

    asked: Counter[str] = attrs.field(factory=Counter)
    citation: Citation | None = None

    def findings(self) -> tuple[Finding, ...]:
        """One finding of each truth."""
        self.asked["findings"] += 1
        return (
            finding("a", Truth.TRUE, "33", "57"),
            finding("b", Truth.FALSE, "36"),
            finding("c", Truth.UNKNOWN, "30"),
            finding("d", Truth.TRUE, "32", "33"),
        )

    def reason(self) -> Reason:
        """A row with a citation."""
        self.asked["reason"] += 1
        return Reason(row="lenient", text=text("row"), citations=(cite("57"), cite("5")))

    def possible(self) -> tuple[Grade, ...]:
        """Two grades."""
        self.asked["possible"] += 1
        return (Grade.EXEMPT, Grade.ORDINARY)

    def fine(self) -> Fine:
        """No fine, perhaps with a provision."""
        self.asked["fine"] += 1
        return Fine(state=FineState.NONE, text=text("none"), citation=self.citation)

    def other_kinds(self) -> tuple[KindOutcome, ...]:
        """A confiscation."""
        self.asked["other_kinds"] += 1
        kind = PenaltyKind.CONFISCATION
        return (
            KindOutcome(
                kind=kind, truth=Truth.TRUE, modality=Modality.SHALL, waived=False, text=text("c")
            ),
        )

    def compulsion(self) -> tuple[MeasureOutcome, ...]:
        """A seizure that may be left out."""
        self.asked["compulsion"] += 1
        return (
            MeasureOutcome(
                measure=Measure.SEIZURE, verdict=Verdict.MAY_OMIT, citations=(cite("16"),)
            ),
        )

    def duties(self) -> tuple[DueDuty, ...]:
        """A duty with a citation that others have too."""
        self.asked["duties"] += 1
        duty = DueDuty(
            duty="d",
            text=text("d"),
            modality=Modality.SHALL,
            citations=(cite("33"), cite("60")),
        )
        return (duty,)

    def questions(self) -> tuple[Question, ...]:
        """A question."""
        self.asked["questions"] += 1
        return (QUESTION,)

    def near_misses(self) -> tuple[NearMiss, ...]:
        """No near miss."""
        self.asked["near_misses"] += 1
        return ()

    def law_applied(self) -> LawApplied:
        """One law."""
        self.asked["law_applied"] += 1
        return LawApplied(choice=LawChoice.SAME, on="2022-05-20", text=text("same"))

    def receipt(self) -> Receipt:
        """A receipt."""
        self.asked["receipt"] += 1
        return Receipt(engine="1", rulesets=(), knowledge="k", case="c")

    def labels(self) -> Mapping[str, Text]:
        """A label."""
        self.asked["labels"] += 1
        return {"region": text("盘龙区")}

    def trace(self, rule: str) -> Trace:
        """Why the rule has its truth."""
        self.asked[f"trace {rule}"] += 1
        return TRACE


def outcome(source: Source) -> Outcome:
    """An outcome that asks the source."""
    return Outcome(
        case=CASE,
        grade=Grade.LIGHTER,
        permitted=(Grade.MITIGATED, Grade.LIGHTER),
        modality=Modality.SHALL,
        contested=False,
        settled=True,
        source=source,
    )


PARTS = [
    "findings",
    "reason",
    "possible",
    "fine",
    "other_kinds",
    "compulsion",
    "duties",
    "questions",
    "near_misses",
    "law_applied",
    "receipt",
    "labels",
]


class TestLaziness:
    """What is costly is worked out on first reading, and once."""

    def test_nothing_before_it_is_read(self) -> None:
        """To build and print an outcome asks for nothing."""
        source = Source()
        made = outcome(source)
        assert made.crime_suspected is Truth.UNKNOWN
        assert "lighter" in repr(made).lower()
        assert source.asked == {}

    @pytest.mark.parametrize("part", PARTS)
    def test_each_part_once(self, part: str) -> None:
        """A part read twice is worked out once, and no other part with it."""
        source = Source()
        made = outcome(source)
        assert getattr(made, part) == getattr(Source(), part)()
        assert getattr(made, part) is getattr(made, part)
        assert source.asked == {part: 1}

    def test_is_frozen(self) -> None:
        """The recommendation cannot be changed afterwards."""
        with pytest.raises(AttributeError):
            outcome(Source()).grade = Grade.EXEMPT  # type: ignore[misc]

    def test_identity(self) -> None:
        """Two outcomes are the same only if they are one; compare them through their data."""
        source = Source()
        assert outcome(source) != outcome(source)


class TestFindings:
    """Findings are sorted by what they found."""

    def test_by_truth(self) -> None:
        """Those that hold, those that fail, and those that cannot yet be told."""
        made = outcome(Source())

        def names(found: Iterable[Finding]) -> list[str]:
            return [one.rule for one in found]

        assert names(made.held) == ["a", "d"]
        assert names(made.failed) == ["b"]
        assert names(made.unknown) == ["c"]

    def test_trace_from_a_source(self) -> None:
        """The trace is worked out when it is read."""
        source = Source()
        found = attrs.evolve(finding("a", Truth.TRUE), source=source)
        assert source.asked == {}
        assert found.trace == TRACE
        assert source.asked == {"trace a": 1}

    def test_trace_that_is_there(self) -> None:
        """A finding read back from a record brings its trace along."""
        assert attrs.evolve(finding("a", Truth.TRUE), source=TRACE).trace is TRACE

    def test_no_trace(self) -> None:
        """A finding without source says so."""
        with pytest.raises(LookupError, match="`a` has no trace"):
            _ = finding("a", Truth.TRUE).trace

    def test_source_is_no_part(self) -> None:
        """Two findings are equal whether or not they can explain themselves."""
        bare = finding("a", Truth.TRUE, "33")
        assert attrs.evolve(bare, source=TRACE) == bare


class TestCitations:
    """Every article on which the outcome rests is named once."""

    @pytest.mark.parametrize("provision", [None, Citation("食品安全法", "124")])
    def test_order(self, provision: Citation | None) -> None:
        """Held findings, the row, the provision, the measures, the duties, in this order."""
        made = outcome(Source(citation=provision))
        expected = [cite("33"), cite("57"), cite("32"), cite("5")]
        expected += [provision] if provision else []
        expected += [cite("16"), cite("60")]
        assert list(made.citations) == expected

    def test_failed_rules_are_not_cited(self) -> None:
        """What fails or is unknown is no basis of the outcome."""
        cited = outcome(Source()).citations
        assert cite("36") not in cited
        assert cite("30") not in cited


class TestQuestions:
    """A question speaks both languages."""

    @pytest.mark.parametrize(("lang", "said"), [("zh", "〔harm?〕"), ("en", "[harm?]")])
    def test_text(self, lang: str, said: str) -> None:
        """Chinese unless asked otherwise."""
        assert QUESTION.text(lang) == said
        assert QUESTION.text() == "〔harm?〕"

    def test_defaults(self) -> None:
        """A question that nobody ranked settles nothing."""
        assert QUESTION.settles == Fraction(0)
        assert Receipt(engine="1", rulesets=(), knowledge="k", case="c").as_known_on is None
        assert NearMiss(
            rule="a", title=text("a"), permits=(), misses=(), curable=True, until=date(2022, 5, 1)
        ).until == date(2022, 5, 1)

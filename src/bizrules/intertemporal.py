"""Old law or new: 从旧兼从轻 (行政处罚法 37)."""

from datetime import date
from typing import Final

import attrs

from bizrules.assessment import Assessment
from bizrules.cases import format_span
from bizrules.comparison import KindWeights, Order, compare_fines, weigh_kinds
from bizrules.fines import WITHOUT_FINE, open_kind_facts, other_kinds
from bizrules.outcomes import FineRange, KindOutcome, LawBasis, LawChoice, OtherLaw
from bizrules.penalties import Grade
from bizrules.provenance import Citation
from bizrules.shared_records import Drafted
from bizrules.truth import Truth

ARTICLE_37: Final = Citation("行政处罚法", "37")
SINCE_37: Final = date(2021, 7, 15)
"""Day on which the law that has article 37 came into force."""


@attrs.frozen(kw_only=True, eq=False)
class Applied(Drafted):
    """The law applied and the other one.

    Attributes:
        main: Assessment under the law applied.
        current: Assessment under the law of the decision; measures and duties follow it.
        other: Assessment under the other law; None if they do not differ.
        choice: Which was applied.
        basis: What told the two apart; None where there was nothing to choose.
        settled: Whether neither result nor choice can still change.
    """

    main: Assessment
    current: Assessment
    other: Assessment | None = None
    choice: LawChoice
    basis: LawBasis | None = None
    settled: bool

    @property
    def is_settled(self) -> bool:
        """Whether nothing is open, the measures of today's law included."""
        return self.settled and not self.current.has_open_measure


def choose(old: Assessment, new: Assessment) -> Applied:
    """The law of the act, unless the law of the decision is more lenient.

    Compared are grade, then what else is permitted, then the fine, then the other kinds. While
    one of the two is open the choice is settled only if no answer can change it: the other law has
    a grade more lenient than every one still possible, or it is the old law and leaves no penalty
    at all. If it is the new law that leaves none, the choice is open but the outcome is settled:
    the old law could only apply if it leaves none either. Where only the fines differ and which is
    lower is open, the outcome is settled if both agree.
    Measures and duties are no penalties: they follow the law of the decision.

    *Source*: 行政处罚法 37.
    """
    if old.settled and new.settled:
        return _choose_settled(old, new)
    if old.settled and _prevails(old, new):
        return _applied(old, old, new, _by_grade(old))
    if old.settled and _leaves_nothing(old):
        lawful = old.stretch.is_violation is False
        return _applied(old, old, new, LawBasis.LAWFUL if lawful else LawBasis.EQUAL)
    if new.settled and _prevails(new, old):
        return _applied(new, old, new, _by_grade(new))
    if new.settled and _leaves_nothing(new):
        # The old law may still leave nothing either, and then it is the one that applies.
        return _open(new, old, new, settled=True)
    lead = new if new.on.latest is not None and _grades(new) < _grades(old) else old
    return _open(lead, old, new, settled=False)


def _applied(lead: Assessment, old: Assessment, new: Assessment, basis: LawBasis) -> Applied:
    return Applied(
        main=lead,
        current=new,
        other=new if lead is old else old,
        choice=LawChoice.OLD if lead is old else LawChoice.NEW,
        basis=basis,
        settled=True,
    )


def _open(lead: Assessment, old: Assessment, new: Assessment, *, settled: bool) -> Applied:
    other = new if lead is old else old
    return Applied(main=lead, current=new, other=other, choice=LawChoice.OPEN, settled=settled)


def _choose_settled(old: Assessment, new: Assessment) -> Applied:
    """The choice between two results, which may still wait for a fine that breaks a tie."""
    if _grades(old) != _grades(new):
        return _choose_by_grades(old, new)
    old_fine, new_fine = old.fine(), new.fine()
    order = compare_fines(old_fine, new_fine)
    if order is None:
        # The law whose fine is open stands in front, so that what is missing is asked.
        lead = old if old_fine.open_facts else new
        return _open(lead, old, new, settled=old.result == new.result)
    if order is not Order.EQUAL:
        return _applied(old if order is Order.LIGHTER else new, old, new, LawBasis.FINE)
    return _choose_by_kinds(old, new)


def _choose_by_grades(old: Assessment, new: Assessment) -> Applied:
    """The choice between different grades, unless their fines say the opposite.

    A grade is a share of the range of its own law: the lighter grade of a law that fines ten times
    as much is not the lighter penalty (处罚较轻).
    """
    mine, theirs = _grades(old), _grades(new)
    lead, other = (old, new) if mine < theirs else (new, old)
    # No fine is heavier than none: what the other law fines need not be known.
    fine = lead.fine()
    without = fine.state in WITHOUT_FINE
    order = Order.EQUAL if without else compare_fines(fine, other.fine())
    if order is None:
        return _open(lead, old, new, settled=False)
    if order is Order.HEAVIER:
        return _applied(other, old, new, LawBasis.FINE)
    by_grade = mine[0] != theirs[0]
    return _applied(lead, old, new, _by_grade(lead) if by_grade else LawBasis.PERMITTED)


def _choose_by_kinds(old: Assessment, new: Assessment) -> Applied:
    """The choice between equal fines, by what stands open besides."""
    if _same_kinds(old, new):
        return _applied(old, old, new, LawBasis.EQUAL)
    before, after = _kinds(old), _kinds(new)
    if before[1] <= after[0]:
        basis = LawBasis.KINDS if before[1] < after[0] else LawBasis.EQUAL
        return _applied(old, old, new, basis)
    if after[1] < before[0]:
        return _applied(new, old, new, LawBasis.KINDS)
    return _open(old, old, new, settled=old.result == new.result)


def _same_kinds(old: Assessment, new: Assessment) -> bool:
    """Whether both laws carry the same other kinds on the same conditions."""
    kinds = [[p.kinds for p in law.stretch.provisions] for law in (old, new)]
    return kinds[0] == kinds[1] and len(kinds[0]) <= 1 and old.result == new.result


def tie_facts(applied: Applied) -> frozenset[str]:
    """Facts on which the other kinds of penalty, and with them the choice of law, wait."""
    laws = [law for law in (applied.main, applied.other) if law is not None]
    if applied.choice is not LawChoice.OPEN or not all(law.settled for law in laws):
        return frozenset()
    if compare_fines(*(law.fine() for law in laws)) is not Order.EQUAL:
        return frozenset()
    found = {name for law in laws for penal in law.penals() for name in open_kind_facts(penal)}
    return frozenset(found | {law.date for law in laws if len(law.stretch.provisions) > 1})


def _by_grade(lead: Assessment) -> LawBasis:
    return LawBasis.GRADE if lead.stretch.is_violation is not False else LawBasis.LAWFUL


def _prevails(one: Assessment, other: Assessment) -> bool:
    """Whether a settled result is more lenient than whatever the other law may still lead to.

    By its grade, where both take it from the same range; else the fines may say the opposite.
    """
    grade = one.result.grade
    if grade is None or not (_same_ranges(one, other) or one.fine().state in WITHOUT_FINE):
        return False
    return all(grade < rank(possible) for possible in other.possible())


def _same_ranges(one: Assessment, other: Assessment) -> bool:
    """Whether both laws threaten the same fine, of which the grades take the same parts."""
    mine, theirs = one.stretch, other.stretch
    fixed = any(c.rule.effect.fine for c in (*one.held, *other.held, *other.unknown))
    return mine.provisions == theirs.provisions and mine.bands == theirs.bands and not fixed


def _leaves_nothing(one: Assessment) -> bool:
    """Whether a settled result is an exemption under which no penalty stands, nor may stand."""
    if one.result.permitted != (Grade.EXEMPT,):
        return False
    return one.fine().state in WITHOUT_FINE and not _kinds(one)[1]


def rank(grade: Grade | None) -> Grade:
    """How severe a result is by its grade; a contested one may still become the heaviest."""
    return Grade.HEAVIER if grade is None else grade


def _grades(assessment: Assessment) -> tuple[Grade, Grade]:
    """Grade proposed, and the heaviest permitted."""
    result = assessment.result
    highest = max(result.permitted)
    return (highest if result.grade is None else result.grade, highest)


def _kinds(assessment: Assessment) -> tuple[KindWeights, KindWeights]:
    """What surely stands open besides the fine, and what perhaps does too, at most.

    Over every version of the provision that may be in force.
    """
    kinds = [
        other_kinds(penal, assessment.grade, assessment.effects()) for penal in assessment.penals()
    ]
    return (
        min(weigh_kinds(found, certain=True) for found in kinds),
        max(weigh_kinds(found) for found in kinds),
    )


def articles_of_choice(applied: Applied) -> tuple[Citation, ...]:
    """行政处罚法 37, where there is a choice and it was in force on the day of the decision."""
    decided = applied.current.on.latest
    if applied.other is None or (decided is not None and decided < SINCE_37):
        return ()
    return (ARTICLE_37,)


def other_law(other: Assessment) -> OtherLaw:
    """The outcome under the law that was not applied, in short."""
    found: FineRange | None = other.fine().range
    return OtherLaw(
        on=format_span(other.on),
        grade=other.grade,
        permitted=other.result.permitted,
        settled=other.settled,
        contested=other.result.contested,
        fine=found,
        kinds=tuple(one.kind for one in _open_kinds(other)),
    )


def _open_kinds(law: Assessment) -> list[KindOutcome]:
    """Penalties besides the fine that the law leaves open."""
    found = other_kinds(law.penal(), law.grade, law.effects())
    return [one for one in found if not one.waived and one.truth is not Truth.FALSE]

"""What is still missing, in the order in which to ask.

A question is put only for a fact that can still change the outcome: one that decides a rule
which, turned either way, would lead to another result, or one that leaves the fine open. Facts
are ranked by how many of their answers would settle the outcome, then by how many rules wait.
Circumstances that are examined as a group come after the others, group by group: they are rarely
there, and one look at the file answers a whole group.
"""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, partial
from typing import Final, TypeAlias

import attrs

from bizrules.assessment import Assessment, Assessor
from bizrules.conditions import Share, facts_read, tests_of
from bizrules.evaluation import Answer
from bizrules.facts import CODED, Fact, Kind, Vocabulary
from bizrules.intertemporal import tie_facts
from bizrules.matching import Comparable, comparable
from bizrules.outcomes import CHANGES, LawChoice, Question, Verdict
from bizrules.penalties import Modality
from bizrules.provenance import Text
from bizrules.remembering import Remembered
from bizrules.rules import Measure, Reach
from bizrules.selection import Candidate, Stretch
from bizrules.shared_records import draft_of
from bizrules.signatures import SIGNATURES, Signature, compiled_tests
from bizrules.tracing import Parts, open_facts
from bizrules.trials import SETTINGS, Trials
from bizrules.wording import both, join, phrase, say_date

DATE_FACTS: Final = ("committed", "decided")
_MAX_ANSWERS: Final = 12


def deciding(assessment: Assessment) -> list[Candidate]:
    """Unknown rules on the penalty axis that can still change the result, alone or with others."""
    return Trials.of(assessment).deciding()


def deciding_measures(assessment: Assessment) -> list[Candidate]:
    """Unknown rules on the compulsion axis on which the verdict about a measure waits."""
    open_measures = {m.measure for m in assessment.measures if m.verdict is Verdict.OPEN}
    if not open_measures:
        return []

    def speaks(candidate: Candidate, measure: Measure) -> bool:
        return candidate.rule.measures is None or measure in candidate.rule.measures

    # What is allowed already, only a rule that binds can still change.
    bare = {m for m in open_measures if not any(speaks(one, m) for one in assessment.holding)}

    def matters(candidate: Candidate) -> bool:
        binds = candidate.rule.modality is Modality.SHALL
        return any(speaks(candidate, measure) for measure in (open_measures if binds else bare))

    return [candidate for candidate in assessment.waiting if matters(candidate)]


@attrs.define
class _Need:
    """A fact and what waits for it."""

    rules: set[str] = attrs.field(factory=set)
    changes: set[str] = attrs.field(factory=set)


def questions_for(assessor: Assessor, answer: Answer) -> tuple[Question, ...]:
    """The questions of an outcome, most useful first; none where nothing can change."""
    applied, fined = answer.applied, _fine_facts(answer)
    main = applied.main
    if applied.other is not None or main.case.measures:
        return _asked(assessor, answer, fined)
    if main.settled and not fined:
        return ()
    known = _KNOWN(main.stretch)
    key = known.key(main, fined)
    found = known.asked.get(key) if key is not None else None
    if found is None:
        found = _asked(assessor, answer, fined)
        if key is not None and all(_is_alike(one.fact, assessor, main) for one in found):
            known.keep(key, found)
    return found


def asked_facts(answer: Answer) -> tuple[str, ...]:
    """What the questions of an outcome are about, facts and dates, by name.

    Args:
        answer: What is known in the case.
    """
    applied, fined = answer.applied, _fine_facts(answer)
    main = applied.main
    if applied.other is None and main.settled and not fined and not main.case.measures:
        return ()
    needs, _ = _needs(answer, fined)
    return tuple(sorted(needs))


def _asked(assessor: Assessor, answer: Answer, fined: Iterable[str]) -> tuple[Question, ...]:
    """The questions, worked out anew.

    Args:
        assessor: As in `question_about`.
        answer: Likewise.
        fined: Facts that leave the fine open.
    """
    needs, main = _needs(answer, fined)
    if not needs:
        return ()
    main = main or Trials.of(answer.main)
    questions = [_question(name, assessor, answer, need, main) for name, need in needs.items()]
    if len(questions) > 1:
        questions.sort(key=lambda question: question.rank)
    return tuple(questions)


def _needs(answer: Answer, fined: Iterable[str]) -> tuple[dict[str, _Need], Trials | None]:
    """What is missing, by fact or date, and what waits for it; the trials of an open main law."""
    needs: dict[str, _Need] = {}
    applied = answer.applied
    laws = [applied.main]
    if applied.other is not None and not applied.settled:
        laws.append(applied.other)
    trials = [None if law.settled else Trials.of(law) for law in laws]
    for one in trials:
        if one is not None:
            _need_of_rules(one, needs)
    current = applied.current
    _need(current, deciding_measures(current), "compulsion", needs)
    # Between two settled laws that differ, the fine decides.
    decides = not applied.settled and all(law.settled for law in laws)
    for name in fined:
        need = needs.setdefault(name, _Need())
        need.changes.update(("fine", "grade") if decides else ("fine",))
    for name in tie_facts(applied):
        needs.setdefault(name, _Need()).changes.add("grade" if decides else "kinds")
    return needs, trials[0]


_Key: TypeAlias = tuple[object, ...]
_MOST_KEPT: Final = 32
"""For so many ways in which a law leaves a case open its questions are kept."""


@attrs.define(eq=False)
class _Known:
    """What was asked under the law of a stretch.

    Attributes:
        is_one: Whether it is one law, whatever a date may be.
        asked: The questions, by what leaves a case open.
    """

    is_one: bool
    asked: dict[_Key, tuple[Question, ...]] = attrs.field(factory=dict, init=False)
    _signed: dict[str, Signature | None] = attrs.field(factory=dict, init=False)
    _met: set[str] = attrs.field(factory=set, init=False)

    @classmethod
    def of(cls, stretch: Stretch) -> "_Known":
        """Nothing asked yet."""
        is_one = stretch.is_violation is True and len(stretch.combinations) == 1
        varies = any(c.others for c in stretch.penalty) or any(s.others for s in stretch.plan)
        return cls(is_one and not stretch.doubtful and not varies)

    def key(self, law: Assessment, fined: tuple[str, ...]) -> _Key | None:
        """What leaves a case open: the rules that hold, and how the tests of the unknown turn out.

        None where more than that may bear on what is asked, or the law was met but once.
        """
        if not self.is_one:
            return None
        if law.settled:
            return None, fined
        view = law.reading.view
        found: list[object] = [SETTINGS(law.stretch, law.vocabulary).classes_of(law.held), fined]
        for candidate in law.unknown:
            name = candidate.rule.id
            signature = self._signed.get(name) or self._sign(candidate, law.vocabulary)
            if signature is None:
                return None
            found.append(name)
            found.append(signature(view))
        return tuple(found)

    def _sign(self, candidate: Candidate, vocabulary: Vocabulary) -> Signature | None:
        """The signature of a rule, once it is asked for twice; None if it does not tell enough."""
        name = candidate.rule.id
        if name not in self._met:
            # Writing the code of a signature takes longer than asking once.
            self._met.add(name)
            return None
        if name not in self._signed:
            law = candidate.condition, vocabulary, candidate.names
            tests = compiled_tests(candidate.condition)
            # How a test of several facts turns out does not tell which of them are unknown.
            tells = all(len(facts_read(test)) == 1 for test in tests)
            self._signed[name] = SIGNATURES(*law) if tells else None
        return self._signed[name]

    def keep(self, key: _Key, asked: tuple[Question, ...]) -> None:
        """Keep the questions."""
        if len(self.asked) < _MOST_KEPT:
            self.asked[key] = asked


_KNOWN: Final[Remembered[Stretch, _Known]] = Remembered(_Known.of)


def _is_alike(name: str, assessor: Assessor, law: Assessment) -> bool:
    """Whether a fact is asked in the same way wherever the same leaves a case open.

    Not where earlier violations are searched, since a day of the case says how far back; nor where
    rulesets read it under names of their own, as it may be known under some of them.
    """
    fact = assessor.vocabulary.facts.get(name)
    if fact is None or fact.counts is not None or name in assessor.selector.derived:
        return False
    return len(SETTINGS(law.stretch, law.vocabulary).readers(name).keys) == 1


def _fine_facts(answer: Answer) -> tuple[str, ...]:
    """Facts that leave the fine open; those of both laws while the choice waits for their fines."""
    found, applied = answer.fine().open_facts, answer.applied
    other = applied.other
    if applied.choice is not LawChoice.OPEN or other is None:
        return found
    if not (applied.main.settled and other.settled):
        return found
    return tuple(dict.fromkeys((*found, *other.fine().open_facts)))


def _need_of_rules(trials: Trials, needs: dict[str, _Need]) -> None:
    law = trials.law
    _need(law, trials.deciding(), "grade", needs)
    if law.stretch.is_violation is None or len(law.stretch.combinations) > 1:
        needs.setdefault(law.date, _Need()).changes.add("grade")


def _need(
    law: Assessment, candidates: Iterable[Candidate], change: str, needs: dict[str, _Need]
) -> None:
    for candidate in candidates:
        for name in open_facts_of(law, candidate):
            need = needs.get(name)
            if need is None:
                need = needs[name] = _Need()
            need.rules.add(candidate.rule.id)
            need.changes.add(change)


_REACHED: Final = {Reach.NEVER: "committed", Reach.ALWAYS: "decided"}
"""Which date says whether a rule is in force, where that is not the date of the law."""


def open_facts_of(law: Assessment, candidate: Candidate) -> frozenset[str]:
    """Unknown facts, and the date, that decide whether a rule holds."""
    found = open_facts(candidate.condition, law.vocabulary, law.reading.view, candidate.names)
    if law.stretch.waits_for_date(candidate):
        found |= {_date_waited_for(law, candidate)}
    return found


def _date_waited_for(law: Assessment, candidate: Candidate) -> str:
    """The date by which the rule speaks; the other one where that is known to the day.

    Then it is the rule that a superior one may silence, and the superior one goes by the other.
    """
    act, decision = law.case.committed, law.case.decided
    spans = {"committed": act.ended if act is not None else None, "decided": decision}
    own = _REACHED.get(candidate.rule.reach, law.date)
    span = spans.pop(own)
    return next(iter(spans)) if span is not None and span.exact is not None else own


def question_about(
    name: str,
    assessor: Assessor,
    answer: Answer,
    *,
    changes: Collection[str],
    rules: Collection[str] = (),
) -> Question:
    """The question for a fact, or for a date of the case.

    Args:
        name: The fact or date.
        assessor: Knows the facts, and which registers tell of earlier violations.
        answer: What is known in the case.
        changes: What the fact can change, of `CHANGES`.
        rules: Rules that wait for it.
    """
    need = _Need(set(rules), set(changes))
    return _question(name, assessor, answer, need, Trials.of(answer.main))


def _question(
    name: str, assessor: Assessor, answer: Answer, need: _Need, trials: Trials
) -> Question:
    """The question for what waits for a fact.

    Args:
        name: As in `question_about`.
        assessor: Likewise.
        answer: Likewise.
        need: What waits for it.
        trials: The trials of the law applied.
    """
    changes = tuple([change for change in CHANGES if change in need.changes])
    rules = tuple(sorted(need.rules))
    if name in DATE_FACTS and name not in assessor.vocabulary:
        return _question_about_date(name, changes, rules)
    fact = assessor.vocabulary[name]
    draft, parts = _QuestionDraft(), _PARTS(fact)
    if fact.counts is not None or name in assessor.selector.derived:
        search = _search(name, assessor, answer)
        parts = parts if search is None else {**parts, **search.parts(parts["ask"])}
    draft.fact = name
    draft.changes = changes
    draft.rules = rules
    draft.group = fact.group
    draft.settles = _share_that_settles(fact, trials) if rules else _NO_SHARE
    draft._parts = parts  # noqa: SLF001 - the record is begun here
    draft.__class__ = Question
    made: Question = draft
    return made


_QuestionDraft: Final = draft_of(Question)
_NO_SHARE: Final = Fraction(0)


def _parts(fact: Fact) -> Parts:
    """What every question for a fact says, by the names of its fields."""
    return {
        "kind": fact.kind,
        "ask": fact.question or phrase("ask.fact", label=fact.label),
        "label": fact.label,
        "choices": tuple((choice.code, choice.label) for choice in fact.choices),
        "unit": "yuan" if fact.kind is Kind.MONEY else fact.unit.value if fact.unit else None,
        "evidence": fact.evidence,
        "answered_by": tuple(who.value for who in fact.answered_by),
        "judgement": fact.judgement,
        "since": None,
        "registers": (),
    }


_PARTS: Final[Remembered[Fact, Parts]] = Remembered(_parts)


def _question_about_date(name: str, changes: tuple[str, ...], rules: tuple[str, ...]) -> Question:
    return Question(
        fact=name,
        kind=Kind.DATE,
        ask=phrase(f"ask.{name}"),
        label=phrase(f"after.{name}"),
        answered_by=("officer",),
        changes=changes,
        rules=rules,
    )


@attrs.frozen
class _Search:
    """Which registers to search, and back to which day."""

    since: date | None
    registers: tuple[Text, ...]

    def parts(self, question: Text) -> Parts:
        """What the question says of the search, by the names of its fields."""
        ask = self.asking(question)
        return {"ask": ask, "since": self.since, "registers": self.registers}

    def asking(self, question: Text) -> Text:
        """The question with where and how far back to look."""
        registers = both(lambda lang: join((one.in_(lang) for one in self.registers), lang))
        key = "ask.search" if self.registers else "ask.search.any"
        if self.since is None:
            return phrase(f"{key}.open", registers=registers, question=question)
        since = both(partial(say_date, self.since))
        return phrase(key, registers=registers, since=since, question=question)


def _search(name: str, assessor: Assessor, answer: Answer) -> _Search | None:
    """The search that tells a fact about earlier violations; None for other facts.

    Where several definitions count, the search reaches back to the earliest day of all.
    """
    laws = (answer.main, answer.applied.other, answer.applied.current)
    # Mostly all are one.
    stretches = {id(law.stretch): law.stretch for law in laws if law is not None}
    found = {one: None for law in stretches.values() for one in assessor.countings(name, law)}
    if not found:
        return None
    starts = [assessor.search_start(answer.main.case, counting) for counting in found]
    registers = dict.fromkeys(r for counting in found for r in counting.registers)
    since = min((day for day in starts if day is not None), default=None)
    named = tuple(phrase(f"register.{register.value}") for register in registers)
    return _Search(None if None in starts else since, named)


def _share_that_settles(fact: Fact, trials: Trials) -> Fraction:
    """Share of the answers, one for each stretch of values that tests tell apart, that settle."""
    law = trials.law
    answers = _ANSWERS(law.stretch).get(fact.name)
    if answers is None:
        readers = SETTINGS(law.stretch, law.vocabulary).readers(fact.name)
        answers = representative_answers(fact, readers.candidates)
        answers = _ANSWERS(law.stretch).setdefault(fact.name, answers)
    return _share(trials.settling(fact.name, answers), len(answers))


_ANSWERS: Final[Remembered[Stretch, dict[str, tuple[Comparable, ...]]]] = Remembered(lambda _: {})
"""The answers that the law of a stretch tells apart, by fact."""


@cache
def _share(some: int, number: int) -> Fraction:
    """So many of a small number; nothing of none."""
    return Fraction(some, number) if number else _NO_SHARE


def representative_answers(fact: Fact, candidates: Iterable[Candidate]) -> tuple[Comparable, ...]:
    """One answer for each stretch of values that some test of the candidates tells apart."""
    if fact.kind is Kind.BOOLEAN:
        return (True, False)
    if fact.kind is Kind.LEVEL:
        return tuple(range(len(fact.choices)))
    if fact.kind is Kind.SET:
        return (frozenset(), frozenset(fact.ranks))
    if fact.kind in CODED:
        return tuple(fact.ranks)[:_MAX_ANSWERS]
    limits = sorted(_limits(fact, candidates), key=lambda limit: (str(type(limit)), limit))
    return _between(limits)[:_MAX_ANSWERS]


def _limits(fact: Fact, candidates: Iterable[Candidate]) -> set[int | Decimal]:
    found: set[int | Decimal] = set()
    for candidate in candidates:
        if fact.name not in candidate.reads:
            continue
        for test in tests_of(candidate.condition):
            if fact.name not in test.facts or isinstance(test.operand, Share):
                continue
            ends = test.operand if isinstance(test.operand, tuple) else (test.operand,)
            values = (comparable(fact, end) for end in ends)
            found.update(v for v in values if isinstance(v, (int, Decimal)))
    return found


def _between(limits: list[int | Decimal]) -> tuple[Comparable, ...]:
    """Below, at and above each limit."""
    values: list[Comparable] = []
    for limit in limits:
        values += [value for value in (limit - 1, limit, limit + 1) if value >= 0]
    return tuple(dict.fromkeys(values))

"""The law of a case, tried with one more fact known."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Final, TypeAlias

import attrs

from bizrules.assessment import Assessment, judge_measure, match_all
from bizrules.facts import Vocabulary
from bizrules.matching import Comparable, Matcher
from bizrules.outcomes import Verdict
from bizrules.remembering import Remembered
from bizrules.resolution import Resolution, resolve
from bizrules.rules import Axis, Combination, Measure
from bizrules.selection import Candidate, Stretch
from bizrules.verdicts import (
    UNTOLD,
    PenaltyVerdict,
    Rank,
    Verdicts,
    VerdictTable,
    rank_of,
)
from bizrules.weights import Weight, alike

MOST_KEPT: Final = 4096
"""So many results are kept for the law of a stretch; more are worked out each time."""

Classes: TypeAlias = int
"""Some classes of rules that weigh alike: each has a bit."""


def _each(classes: Classes) -> Iterator[Classes]:
    """Each of some classes alone."""
    while classes:
        lowest = classes & -classes
        yield lowest
        classes ^= lowest


Reader: TypeAlias = tuple[str, Matcher, Classes, bool]
"""A candidate that reads a fact: its id, what tells whether it holds, its class, and whether it is
in force for sure."""


@attrs.frozen(kw_only=True, eq=False)
class Readers:
    """The candidates that read a fact.

    Attributes:
        penalty: Those on the penalty axis.
        compulsion: Those on the compulsion axis.
        candidates: Those of both axes.
        ids: Ids of them all.
        keys: Names of the view under which the fact is read, its own among them.
    """

    penalty: tuple[Reader, ...]
    compulsion: tuple[Candidate, ...]
    candidates: tuple[Candidate, ...]
    ids: frozenset[str]
    keys: tuple[str, ...]


@attrs.frozen(kw_only=True, eq=False)
class Setting:
    """What trials of the law of a stretch have in common, whatever the case.

    Results that were seen once are not worked out again. Safe for threads: what is kept is only
    ever added to, and two threads that work out the same find the same.

    Attributes:
        candidates: Candidates of both axes.
        doubtful: Ids of rules that are in force on only some of the possible days.
        combinations: How lenient and heavier rules combine.
        is_violation: Whether the act is a violation at all.
        classes: The class of every rule on the penalty axis, by its id.
        samples: A rule of every class.
        table: What rules lead to under the law, shared with other laws of the engine.
        numbers: For every class where its sample ranks in a key of the table, and its number there.
    """

    candidates: tuple[Candidate, ...]
    doubtful: frozenset[str]
    combinations: tuple[Combination, ...]
    is_violation: bool | None
    classes: Mapping[str, Classes]
    samples: Mapping[Classes, Weight]
    table: VerdictTable
    numbers: Mapping[Classes, tuple[Rank, int]]
    _readers: dict[str, Readers] = attrs.field(factory=dict, init=False)
    _settled: dict[tuple[Classes, Classes], bool] = attrs.field(factory=dict, init=False)
    _decisive: dict[tuple[Classes, Classes, Classes], Classes] = attrs.field(
        factory=dict, init=False
    )

    @classmethod
    def of(cls, stretch: Stretch, vocabulary: Vocabulary) -> "Setting":
        """Nothing tried yet."""
        verdicts = _VERDICTS(vocabulary)
        given = alike(c.weight for c in stretch.penalty if c.weight is not None)
        bits = {one: 1 << number for number, one in enumerate(dict.fromkeys(given.values()))}
        samples = {bits[one]: weight for weight, one in given.items()}
        return cls(
            candidates=(*stretch.penalty, *stretch.compulsion),
            doubtful=stretch.doubtful,
            combinations=stretch.combinations,
            is_violation=stretch.is_violation,
            classes={weight.rule: bits[one] for weight, one in given.items()},
            samples=samples,
            table=verdicts.table(stretch),
            numbers={bit: (rank_of(one), verdicts.number(one)) for bit, one in samples.items()},
        )

    def readers(self, name: str) -> Readers:
        """The candidates that read a fact."""
        found = self._readers.get(name)
        if found is None:
            found = self._readers.setdefault(name, self._find_readers(name))
        return found

    def _find_readers(self, name: str) -> Readers:
        found = tuple(candidate for candidate in self.candidates if name in candidate.reads)
        return Readers(
            penalty=tuple(
                (c.rule.id, c.match, self.classes[c.rule.id], c.rule.id not in self.doubtful)
                for c in found
                if c.rule.axis is Axis.PENALTY
            ),
            compulsion=tuple(c for c in found if c.rule.axis is Axis.COMPULSION),
            candidates=found,
            ids=frozenset(candidate.rule.id for candidate in found),
            keys=tuple(dict.fromkeys((name, *(c.names.get(name, name) for c in found)))),
        )

    def classes_of(
        self, candidates: Iterable[Candidate], besides: frozenset[str] = frozenset()
    ) -> Classes:
        """The classes of some candidates on the penalty axis, but for those of some ids."""
        found, classes = 0, self.classes
        for candidate in candidates:
            name = candidate.rule.id
            if name not in besides:
                found |= classes[name]
        return found

    def weights(self, classes: Classes) -> list[Weight]:
        """A rule of each of the classes."""
        return [self.samples[one] for one in _each(classes)]

    def _verdict(self, held: Classes, unknown: Classes) -> PenaltyVerdict:
        """What rules of these classes lead to."""
        ranked = [self.numbers[one] for one in _each(held)]
        for one in _each(unknown):
            rank, number = self.numbers[one]
            ranked.append((rank, number + UNTOLD))
        # Of equal neighbours only one stands in a key.
        return self.table[tuple([number for number, _ in groupby(n for _, n in sorted(ranked))])]

    def is_settled(self, held: Classes, unknown: Classes) -> bool:
        """Whether neither an answer nor a date can change the result of rules of these classes."""
        key = held, unknown
        found = self._settled.get(key)
        if found is None:
            found = self._verdict(held, unknown).settled
            if len(self._settled) < MOST_KEPT:
                self._settled[key] = found
        return found

    def deciding(self, held: Classes, unknown: Classes, single: Classes) -> Classes:
        """Classes of unknown rules that can change the result, alone or with others.

        One is tried alone, beside every other one, and, where no rule of its class is among them,
        beside all the others.

        Args:
            held: Classes of the rules that hold.
            unknown: Classes of those that cannot be told.
            single: Those of them of which there is only one rule.
        """
        key = held, unknown, single
        found = self._decisive.get(key)
        if found is None:
            found = sum(self._deciding(*key))
            if len(self._decisive) < MOST_KEPT:
                self._decisive[key] = found
        return found

    def _deciding(self, held: Classes, unknown: Classes, single: Classes) -> Iterator[Classes]:
        is_one = len(self.combinations) == 1 and self.is_violation is not False

        @cache
        def results(classes: Classes) -> tuple[Resolution, ...]:
            if is_one:
                return (self._verdict(held | classes, 0).result,)
            found = self.weights(held | classes)
            return tuple(resolve(found, one) for one in self.combinations)

        def trials(own: Classes) -> Iterator[Classes]:
            yield 0
            if own & single:
                yield unknown ^ own
            yield from _each(unknown ^ own)

        for own in _each(unknown & ~held):
            if any(results(trial) != results(trial | own) for trial in trials(own)):
                yield own


_VERDICTS: Final[Remembered[Vocabulary, Verdicts]] = Remembered(lambda _: Verdicts())
"""Results that the laws of an engine share."""

SETTINGS: Final[Remembered[Stretch, Setting]] = Remembered(Setting.of)
"""What is known of the law of each stretch."""


@attrs.define(eq=False)
class Trials:
    """The law of an assessment, tried with one more fact known.

    Rules that do not read the fact stay as they were found.

    Attributes:
        law: The assessment.
        setting: What is known of its law.
    """

    law: Assessment
    setting: Setting
    _held: Classes = attrs.field(init=False)
    _waiting: dict[str, Classes] = attrs.field(init=False)
    _unknown: Counter[Classes] = attrs.field(init=False)
    _view: dict[str, Comparable] = attrs.field(init=False)

    @classmethod
    def of(cls, law: Assessment) -> "Trials":
        """The trials of an assessment."""
        return cls(law, SETTINGS(law.stretch, law.vocabulary))

    def __attrs_post_init__(self) -> None:
        """Look once at what every trial looks at."""
        law, classes = self.law, self.setting.classes
        self._held = self.setting.classes_of(law.held)
        self._waiting = {one.rule.id: classes[one.rule.id] for one in law.unknown}
        self._unknown = Counter(self._waiting.values())
        self._view = dict(law.reading.view)

    def deciding(self) -> list[Candidate]:
        """Unknown rules on the penalty axis that can still change the result."""
        counted, waiting = self._unknown, self._waiting
        single = sum(one for one, count in counted.items() if count == 1)
        found = self.setting.deciding(self._held, sum(counted), single)
        return [one for one in self.law.unknown if waiting[one.rule.id] & found]

    def settling(self, name: str, answers: Iterable[Comparable]) -> int:
        """With how many of the answers nothing would be open any more."""
        trial, view, known = self.about(name), self._view, self.law.reading.view
        found = sum(map(trial.settles, answers))
        for key in trial.readers.keys:
            # The next fact is tried with this one as it was.
            view.pop(key, None)
            if key in known:
                view[key] = known[key]
        return found

    def about(self, name: str) -> "Trial":
        """The law with a value of the fact known; one fact is tried at a time."""
        readers, setting, law = self.setting.readers(name), self.setting, self.law
        if self._view.keys().isdisjoint(readers.keys):
            # What is told without the fact is told the same with it.
            waiting = self._waiting
            speaking = tuple([reader for reader in readers.penalty if reader[0] in waiting])
            held, unknown = self._held, self._without(speaking)
        else:
            speaking, besides = readers.penalty, readers.ids
            held = setting.classes_of(law.held, besides)
            unknown = setting.classes_of(law.unknown, besides)
        return Trial(law, setting, readers, speaking, held, unknown, self._view)

    def _without(self, some: Iterable[Reader]) -> Classes:
        """Classes of the unknown rules but some."""
        counted = self._unknown
        less = Counter([one for _, _, one, _ in some])
        gone = sum(one for one, count in less.items() if count == counted[one])
        return sum(counted) - gone


@attrs.define(eq=False)
class Trial:
    """The law of an assessment with a value of one fact known.

    Attributes:
        law: The assessment.
        setting: What is known of its law.
        readers: The candidates that read the fact.
        speaking: Those of them on the penalty axis about which a value may tell something new.
        held: Classes of the other rules that hold.
        unknown: Classes of the other rules that cannot be told.
    """

    law: Assessment
    setting: Setting
    readers: Readers
    speaking: Sequence[Reader]
    held: Classes
    unknown: Classes
    _view: dict[str, Comparable]

    def settles(self, value: Comparable) -> bool:
        """Whether nothing would be open any more if the fact had the value."""
        for key in self.readers.keys:
            self._view[key] = value
        return self._settles_penalty() and not self._leaves_measures()

    def _settles_penalty(self) -> bool:
        if self.setting.is_violation is False:
            return True
        held, unknown, view = self.held, self.unknown, self._view
        for _, match, one, is_sure in self.speaking:
            truth = match(view)
            if truth is None:
                unknown |= one
            elif truth:
                if is_sure:
                    held |= one
                else:
                    unknown |= one
        return self.setting.is_settled(held, unknown)

    def _leaves_measures(self) -> bool:
        """Whether the verdict about a measure would be open."""
        law, speaking = self.law, self.readers.compulsion
        if not speaking or not law.case.measures:
            return law.has_open_measure
        ids = self.readers.ids
        held, unknown = match_all(speaking, law.stretch.doubtful, self._view)
        held += [one for one in law.holding if one.rule.id not in ids]
        unknown += [one for one in law.waiting if one.rule.id not in ids]
        found = (judge_measure(Measure(one), held, unknown) for one in law.case.measures)
        return any(one.verdict is Verdict.OPEN for one in found)

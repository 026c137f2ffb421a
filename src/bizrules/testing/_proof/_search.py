"""Which facts to change so that a case shows a point: as few as can be (最少改动)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import combinations, islice, product
from operator import itemgetter
from typing import Final, TypeAlias

import attrs

from bizrules.conditions import Condition, facts_read, tests_of
from bizrules.facts import Vocabulary
from bizrules.matching import Comparable, Matcher, Names, View, compile_condition
from bizrules.testing._boundaries import is_touched
from bizrules.testing._proof._forms import Demand, Form
from bizrules.testing._proof._points import Point
from bizrules.testing._proof._trials import trial_values

Change: TypeAlias = Mapping[str, Comparable]
"""New values of facts, in comparable form, by the name of the fact."""

MOST_WAYS: Final = 400
MOST_TRIALS: Final = 20_000


class _TooManyError(Exception):
    """More values than are worth trying."""


@attrs.frozen
class Wanted:
    """What must be true of some facts.

    Attributes:
        facts: Names of the facts.
        check: Whether it is true of a view.
    """

    facts: frozenset[str]
    check: Callable[[View], bool]


@attrs.frozen(kw_only=True, eq=False)
class Search:
    """A condition, and the facts of a case from which to go on.

    Attributes:
        condition: The condition of a rule.
        form: Its form.
        vocabulary: Declarations of the facts.
        names: Names of the view under which some facts are read.
        view: Known facts.
        always: What must be true besides, whatever is looked for.
    """

    condition: Condition
    form: Form
    vocabulary: Vocabulary
    names: Names = attrs.field(factory=dict)
    view: View = attrs.field(factory=dict)
    always: tuple[Wanted, ...] = ()
    _matchers: tuple[Matcher, ...] = attrs.field(init=False)
    _trials: Mapping[str, tuple[Comparable, ...]] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Compile the leaves, and choose the values to try."""
        compiled = (
            compile_condition(leaf.node, self.vocabulary, self.names) for leaf in self.form.leaves
        )
        object.__setattr__(self, "_matchers", tuple(compiled))
        tests = tuple(tests_of(self.condition))
        trials = {
            name: trial_values(name, tests, self.vocabulary)
            for name in sorted(facts_read(self.condition))
        }
        object.__setattr__(self, "_trials", trials)

    def changes(self, point: Point) -> Iterator[tuple[int, Change]]:
        """Changes after which the case shows the point, each with its cost, the least first.

        The cost is the number of facts. Only a bounded number of ways is looked at.
        """
        found: dict[tuple[tuple[str, str], ...], tuple[int, Change]] = {}
        for demand, more in self._demands(point):
            with suppress(_TooManyError):
                change = self._meet([*map(self._wanted, demand), *more, *self.always])
                if change is not None:
                    key = tuple((name, repr(change[name])) for name in sorted(change))
                    found.setdefault(key, (len(change), change))
        yield from sorted(found.values(), key=itemgetter(0))

    def is_possible(self, point: Point) -> bool:
        """Whether some values show the point; also true where there are too many ways to tell."""
        ways = 0
        for demand, more in self._demands(point):
            ways += 1
            try:
                if self._meet([*map(self._wanted, demand), *more, *self.always]) is not None:
                    return True
            except _TooManyError:
                return True
        return ways >= MOST_WAYS

    def _demands(self, point: Point) -> Iterator[tuple[Demand, list[Wanted]]]:
        """What would show the point: a condition, and a test at its border, has to decide."""
        truths = [matcher(self.view) for matcher in self._matchers]
        side, more = point.shows.side, self._at_border(point)
        if point.leaf is None:
            for way in islice(self.form.ways_to_be(side, truths), MOST_WAYS):
                yield way, more
            return
        for at, leaf in enumerate(self.form.leaves):
            if leaf != point.leaf:
                continue
            for way in islice(self.form.ways_to_decide(at, side, truths), MOST_WAYS):
                yield way, more

    def _wanted(self, demanded: tuple[int, bool]) -> Wanted:
        at, truth = demanded
        matcher = self._matchers[at]
        facts = facts_read(self.form.leaves[at].node)
        return Wanted(facts, lambda view: matcher(view) is truth)

    def _at_border(self, point: Point) -> list[Wanted]:
        boundary = point.boundary
        if boundary is None:
            return []
        facts = facts_read(boundary.test)
        return [Wanted(facts, lambda view: is_touched(boundary, view, self.names))]

    def _meet(self, wanted: Sequence[Wanted]) -> Change | None:
        """The fewest changes after which everything wanted is true; None if there are none.

        Raises:
            _TooManyError: If there are too many values to try.
        """
        change: dict[str, Comparable] = {}
        for group in _groups(wanted):
            part = self._meet_group(group)
            if part is None:
                return None
            change |= part
        return change

    def _meet_group(self, wanted: Sequence[Wanted]) -> Change | None:
        facts = sorted(frozenset[str]().union(*(one.facts for one in wanted)))
        tried = 0
        for size in range(len(facts) + 1):
            for chosen in combinations(facts, size):
                for values in product(*(self._trials[name] for name in chosen)):
                    tried += 1
                    change = dict(zip(chosen, values, strict=True))
                    view = self._changed(change)
                    if all(one.check(view) for one in wanted):
                        return change
                    if tried > MOST_TRIALS:
                        raise _TooManyError
        return None

    def _changed(self, change: Change) -> View:
        renamed = {self.names.get(name, name): value for name, value in change.items()}
        return {**self.view, **renamed}


def _groups(wanted: Iterable[Wanted]) -> list[list[Wanted]]:
    """What is wanted, apart where it is about different facts."""
    groups: list[tuple[frozenset[str], list[Wanted]]] = []
    for one in wanted:
        facts, members = one.facts, [one]
        apart = []
        for others, group in groups:
            if others & facts:
                facts, members = facts | others, [*group, *members]
            else:
                apart.append((others, group))
        groups = [*apart, (facts, members)]
    return [members for _, members in groups]

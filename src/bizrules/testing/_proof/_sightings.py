"""What one case shows: the rules that were candidates in it, and the truth of their conditions."""

from collections.abc import Collection, Iterator

import attrs

from bizrules.assessment import Assessment
from bizrules.conditions import Test
from bizrules.evaluation import Answer
from bizrules.facts import Vocabulary
from bizrules.matching import Matcher, View, compile_condition
from bizrules.outcomes import Outcome
from bizrules.selection import Candidate
from bizrules.testing._boundaries import Boundary, boundaries_of, is_touched
from bizrules.testing._proof._forms import Form, Leaf, form_of
from bizrules.testing._proof._points import Key, Shows, point_key


@attrs.frozen(kw_only=True, eq=False)
class Sighting:
    """A rule that was a candidate in a case, with the facts of the case as the rule reads them.

    Attributes:
        candidate: The rule, with its condition as it stood in that place and on those days.
        view: Known facts.
        form: The form of the condition.
    """

    candidate: Candidate
    view: View
    form: Form


@attrs.define(eq=False)
class Observer:
    """Looks at outcomes; keeps what it compiled.

    Args:
        vocabulary: Declarations of the facts.
        rules: Ids of the rules to look for.
    """

    vocabulary: Vocabulary
    rules: Collection[str]
    _forms: dict[int, tuple[Candidate, Form, tuple[Matcher, ...]]] = attrs.field(
        factory=dict, init=False
    )
    _borders: dict[Leaf, tuple[Boundary, ...]] = attrs.field(factory=dict, init=False)

    def sightings(self, outcome: Outcome) -> Iterator[Sighting]:
        """The rules looked for that were candidates under the law that was applied.

        Left out are rules of which it is not certain that they, or a concept they use, are in
        force on the day.
        """
        answer = outcome.source
        if not isinstance(answer, Answer):
            return
        yield from self._of_law(answer.main, answer.main.stretch.penalty)
        if outcome.case.measures:
            current = answer.applied.current
            yield from self._of_law(current, current.stretch.compulsion)

    def _of_law(self, law: Assessment, candidates: tuple[Candidate, ...]) -> Iterator[Sighting]:
        for one in candidates:
            doubtful = one.rule.id in law.stretch.doubtful or one.others
            if one.rule.id in self.rules and not doubtful:
                form, _ = self._form(one)
                yield Sighting(candidate=one, view=law.reading.view, form=form)

    def _form(self, candidate: Candidate) -> tuple[Form, tuple[Matcher, ...]]:
        # By identity: a condition is long to hash, and the candidate is kept beside.
        known = self._forms.get(id(candidate))
        if known is None:
            form = form_of(candidate.condition, candidate.rule)
            matchers = tuple(
                compile_condition(leaf.node, self.vocabulary, candidate.names)
                for leaf in form.leaves
            )
            known = self._forms[id(candidate)] = (candidate, form, matchers)
        return known[1], known[2]

    def truths(self, sighting: Sighting) -> list[bool | None]:
        """The truth of each leaf."""
        _, matchers = self._form(sighting.candidate)
        return [matcher(sighting.view) for matcher in matchers]

    def shown_by(self, sighting: Sighting) -> Iterator[Key]:
        """The keys of the points that the case shows of the rule."""
        form, truths = sighting.form, self.truths(sighting)
        whole = form.truth(truths)
        if whole is None:
            return
        yield (Shows.HOLDS if whole else Shows.FAILS, sighting.candidate.rule.id)
        for at, leaf in enumerate(form.leaves):
            if not form.is_decisive(at, truths):
                continue
            own = truths[at]
            yield point_key(Shows.MET if own else Shows.NOT_MET, leaf)
            for boundary in self.borders(leaf):
                if is_touched(boundary, sighting.view, sighting.candidate.names):
                    yield point_key(
                        Shows.BORDER_MET if own else Shows.BORDER_NOT_MET, leaf, boundary
                    )

    def borders(self, leaf: Leaf) -> tuple[Boundary, ...]:
        """The borders of a leaf."""
        if leaf not in self._borders:
            test = leaf.node if isinstance(leaf.node, Test) else None
            self._borders[leaf] = () if test is None else boundaries_of(test, self.vocabulary)
        return self._borders[leaf]

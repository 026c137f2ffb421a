"""What people answer to a question, taken into the case."""

from collections.abc import Mapping
from typing import Final

import attrs

from bizrules._structure import Raw
from bizrules.cases import Act, Case, to_span
from bizrules.engine import Engine
from bizrules.errors import CaseError, Problem
from bizrules.facts import CODED, Fact, Kind, Value
from bizrules.grammar import fact_value
from bizrules.loading import check_case
from bizrules.outcomes import Question
from bizrules.questions import DATE_FACTS
from bizrules.values import Plain

SKIP: Final = "?"
CLEAR: Final = "clear"
NONE: Final = "none"
QUIT: Final = "q"

_SKIPS: Final = frozenset({"", SKIP, "？", "skip", "不知道", "不详"})
_ENDS: Final = frozenset({QUIT, "quit", "退出"})
_CLEARS: Final = frozenset({CLEAR, NONE, "均无", "都没有"})
_ABSENT: Final = "无"
_YES: Final = frozenset({"1", "true", "yes", "y", "是", "有"})
_NO: Final = frozenset({"2", "false", "no", "n", "否", "没有", "无"})
_SEPARATORS: Final = str.maketrans(dict.fromkeys("，、;；", ","))


@attrs.frozen(kw_only=True)
class Reply:
    """An answer that fits.

    Attributes:
        case: The case with the answer; None if the fact stays unknown.
        ends: Whether the conversation ends.
    """

    case: Case | None = None
    ends: bool = False


@attrs.frozen(kw_only=True)
class Refusal:
    """An answer that does not fit."""

    problems: tuple[Problem, ...]


def take(raw: Raw, question: Question, case: Case, engine: Engine) -> Reply | Refusal:
    """The case with the answer to a question.

    Args:
        raw: The answer and where it stands.
        question: The question.
        case: The case so far.
        engine: Knows the facts.
    """
    text = raw.data.strip() if isinstance(raw.data, str) else None
    word = None if text is None else text.lower()
    codes = {code for code, _ in question.choices}
    if word in _ENDS and word not in codes:
        return Reply(ends=True)
    if raw.data is None or (word in _SKIPS and word not in codes):
        return Reply()
    if word not in codes and _clears(word, question):
        return _examined(raw, question, case)
    if question.fact in DATE_FACTS and question.fact not in engine.vocabulary:
        return _dated(raw, question, case, engine)
    return _stated(raw, question, case, engine)


def _clears(word: str | None, question: Question) -> bool:
    """Whether the word says that the whole group was examined and nothing found.

    `无` alone is a choice where one is called so, and answers a yes-no question with no: it
    must not speak for the rest of the group there.
    """
    if word == _ABSENT:
        labels = {label.zh for _, label in question.choices}
        is_own_answer = question.kind is Kind.BOOLEAN or _ABSENT in labels
        return question.group is not None and not is_own_answer
    return word in _CLEARS


def _examined(raw: Raw, question: Question, case: Case) -> Reply | Refusal:
    """The whole group was examined, and nothing found."""
    if question.group is None:
        problem = Problem("no-group", raw.location, {"fact": question.fact})
        return Refusal(problems=(problem,))
    return Reply(case=attrs.evolve(case, examined=case.examined | {question.group}))


def _dated(raw: Raw, question: Question, case: Case, engine: Engine) -> Reply | Refusal:
    """A date of the case itself: a day, a month or a year, in order with the others."""
    try:
        span = to_span(str(raw.data))
    except ValueError:
        details = {"found": str(raw.data)}
        return Refusal(problems=(Problem("not-a-date", raw.location, details),))
    dated = (
        attrs.evolve(case, committed=Act(ended=span))
        if question.fact == "committed"
        else attrs.evolve(case, decided=span)
    )
    problems = check_case(dated, engine.knowledge)
    return Refusal(problems=problems) if problems else Reply(case=dated)


def _stated(raw: Raw, question: Question, case: Case, engine: Engine) -> Reply | Refusal:
    fact = engine.vocabulary[question.fact]
    found: Value | Problem = fact_value(fact, _written(raw, fact))
    if isinstance(found, Problem):
        return Refusal(problems=(found,))
    stated = attrs.evolve(case, facts={**case.facts, fact.name: found})
    try:
        outcome = engine.evaluate(stated)
    except CaseError as error:
        return Refusal(problems=error.problems)
    own = tuple(p for p in outcome.problems if p.details.get("fact") == fact.name)
    return Refusal(problems=own) if own else Reply(case=stated)


def _written(raw: Raw, fact: Fact) -> Raw:
    """The answer as documents write it: numbers of choices become codes, yes becomes true."""
    if not isinstance(raw.data, str):
        return raw
    text = raw.data.strip()
    if fact.kind is Kind.BOOLEAN:
        word = text.lower()
        text = "true" if word in _YES else "false" if word in _NO else text
    elif fact.kind is Kind.SET:
        parts = text.translate(_SEPARATORS).split(",")
        codes = [_code(part.strip(), fact) for part in parts if part.strip()]
        return attrs.evolve(raw, data=[Plain(code) for code in codes])
    elif fact.kind in CODED:
        text = _code(text, fact)
    return attrs.evolve(raw, data=text if fact.kind is Kind.TEXT else Plain(text))


def _code(text: str, fact: Fact) -> str:
    """The code of a choice given by its code, its number or its label."""
    if text in fact.ranks:
        return text
    if text.isdecimal() and 1 <= int(text) <= len(fact.choices):
        return fact.choices[int(text) - 1].code
    labels: Mapping[str, str] = {
        label.lower(): choice.code
        for choice in fact.choices
        for label in (choice.label.zh, choice.label.en)
    }
    return labels.get(text.lower(), text)

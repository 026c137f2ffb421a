"""The scoreboard of published cases as tables and as plain data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from bizrules import phrases
from bizrules.cli._screen import Screen
from bizrules.cli._words import coded, grade_word, grade_words, official_text
from bizrules.outcomes import Question
from bizrules.testing import Judgement, Scoreboard, ScoreRow, Standing
from bizrules.wording import join

QUALITIES: Final = ("gold", "silver", "unlabelled")
_MOST: Final = 3
_EXPLAINED: Final = frozenset(
    {
        Standing.CHOICE,
        Standing.OPEN,
        Standing.CONTESTED,
        Standing.DISAGREED,
        Standing.RANGE_DIFFERS,
        Standing.UNFIT,
    }
)


def print_board(board: Scoreboard, screen: Screen) -> None:
    """How many cases stand where, each case, and why a case does not simply agree."""
    lang = screen.lang
    complete = sum(row.official.complete for row in board.rows)
    title = screen.say("score.title", cases=len(board.rows), complete=complete)
    screen.write(f"\n{title}")
    for taken in (False, True):
        screen.write("\n" + screen.say("score.complete" if taken else "score.published"))
        _print_counts(board.counts(complete=taken), screen)
    heads = ("case", "quality", "official", "published-standing", "complete-standing")
    screen.write("\n" + screen.say("score.cases"))
    screen.table(
        [screen.say(f"cli.head.{head}") for head in heads],
        [_row(row, lang) for row in board.rows],
    )
    screen.write("\n" + screen.say("score.reasons"))
    for row in board.rows:
        for line in _reasons(row, screen):
            screen.write(line)
    screen.write()


def _print_counts(counts: Mapping[str, Mapping[Standing, int]], screen: Screen) -> None:
    others = sorted(counts.keys() - set(QUALITIES))
    columns = [*(name for name in QUALITIES if name in counts), *others]
    heads = [
        screen.say("cli.head.standing"),
        *(coded("cli.quality", name, screen.lang) for name in columns),
        screen.say("cli.total"),
    ]
    rows = []
    for standing in Standing:
        found = [counts[name].get(standing, 0) for name in columns]
        if any(found):
            rows.append((screen.say(f"score.{standing.value}"), *found, sum(found)))
    sums = [sum(counts[name].values()) for name in columns]
    rows.append((screen.say("cli.total"), *sums, sum(sums)))
    screen.table(heads, rows)


def _row(row: ScoreRow, lang: str) -> tuple[object, ...]:
    official = row.official
    return (
        row.case,
        coded("cli.quality", official.quality, lang),
        grade_word(official.grade, lang) if official.grade is not None else "-",
        _standing(row.published, lang),
        _standing(row.complete, lang),
    )


def _standing(judgement: Judgement, lang: str) -> str:
    text = phrases.say(f"score.{judgement.standing.value}", lang)
    return phrases.say("score.only-official", lang, text=text) if judgement.only_official else text


def _reasons(row: ScoreRow, screen: Screen) -> Iterator[str]:
    """Under the account taken as complete: what is missing, or both reasons."""
    judgement = row.complete
    if judgement.standing not in _EXPLAINED:
        return
    lang = screen.lang
    yield f"{row.case}: {_standing(judgement, lang)}"
    for line in official_text(row.official, lang).split("\n"):
        yield f"    {line}"
    yield from (f"    {problem.render(lang)}" for problem in judgement.problems)
    lines = _about_grade if row.official.grade is not None else _about_the_rest
    yield from (f"    {line}" for line in lines(judgement, screen))


def _about_the_rest(judgement: Judgement, screen: Screen) -> Iterator[str]:
    """What is said of the measures and what they wait for, or else of the fine."""
    if not judgement.measures and judgement.fine is not None:
        yield screen.say("score.measure", said=judgement.fine.in_(screen.lang))
    for name, verdict in judgement.measures.items():
        measure = coded("measure", name, screen.lang)
        said = screen.say(f"verdict.{verdict.value}", measure=measure)
        yield screen.say("score.measure", said=said)
    asked = [question for question in judgement.questions if "compulsion" in question.changes]
    if asked:
        yield screen.say("score.questions", facts=_names(asked, screen.lang))


def _about_grade(judgement: Judgement, screen: Screen) -> Iterator[str]:
    """What the library proposes and why, what is still possible, and what is missing."""
    lang = screen.lang
    if judgement.reason is not None:
        proposed = grade_word(judgement.grade, lang)
        reason = judgement.reason.text.in_(lang)
        yield screen.say("score.ours", grade=proposed, reason=reason)
        for key in ("determining", "opposing"):
            rules = getattr(judgement.reason, key)
            if rules:
                yield screen.say(f"score.{key}", rules=", ".join(rules))
    if judgement.possible and judgement.grade is None:
        grades = grade_words(judgement.possible, lang)
        yield screen.say("score.possible", grades=grades)
    if judgement.questions:
        yield screen.say("score.questions", facts=_names(judgement.questions, lang))


def _names(questions: Sequence[Question], lang: str) -> str:
    asked = [question.label.in_(lang) for question in questions]
    more = len(asked) - _MOST
    if more <= 0:
        return join(asked, lang)
    first = phrases.say("list.mark", lang).join(asked[:_MOST])
    return phrases.say("score.more", lang, facts=first, count=more)


def board_data(board: Scoreboard, lang: str) -> Mapping[str, object]:
    """The scoreboard as plain data."""
    return {
        "published": _counts_data(board.counts()),
        "complete": _counts_data(board.counts(complete=True)),
        "rows": [_row_data(row, lang) for row in board.rows],
    }


def _counts_data(counts: Mapping[str, Mapping[Standing, int]]) -> Mapping[str, object]:
    return {
        quality: {standing.value: found[standing] for standing in Standing if found.get(standing)}
        for quality, found in sorted(counts.items())
    }


def _row_data(row: ScoreRow, lang: str) -> Mapping[str, object]:
    official = row.official
    return {
        "case": row.case,
        "official": {
            "grade": official.grade.code if official.grade is not None else None,
            "fine": None if official.fine is None else str(official.fine),
            "compulsion": dict(official.compulsion) if official.compulsion else None,
            "quality": official.quality,
            "contested": official.contested,
            "complete": official.complete,
            "authority": official.authority,
        },
        "published": _judgement_data(row.published, lang),
        "complete": _judgement_data(row.complete, lang),
    }


def _judgement_data(judgement: Judgement, lang: str) -> Mapping[str, object]:
    def codes(grades: Iterable[object]) -> list[object]:
        return [getattr(grade, "code", grade) for grade in grades]

    reason = judgement.reason
    return {
        "standing": judgement.standing.value,
        "grade": judgement.grade.code if judgement.grade is not None else None,
        "permitted": codes(judgement.permitted),
        "possible": codes(judgement.possible),
        "only_official": judgement.only_official,
        "questions": [question.fact for question in judgement.questions],
        "measures": {name: verdict.value for name, verdict in judgement.measures.items()},
        "reason": None if reason is None else reason.text.in_(lang),
        "determining": [] if reason is None else list(reason.determining),
        "opposing": [] if reason is None else list(reason.opposing),
        "problems": [problem.text(lang) for problem in judgement.problems],
    }

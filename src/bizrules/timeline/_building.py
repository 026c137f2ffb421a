"""The timeline of a case, from its outcome and the law."""

from bizrules.engine import Engine
from bizrules.outcomes import LawChoice, Outcome
from bizrules.timeline._deadlines import deadlines, surcharges
from bizrules.timeline._events import events
from bizrules.timeline._history import earlier, windows
from bizrules.timeline._items import Timeline, in_order
from bizrules.timeline._law import LawOfCase, changes
from bizrules.timeline._limitation import limitations

_NO_CHOICE = frozenset({LawChoice.SAME})


def timeline_of(outcome: Outcome, engine: Engine) -> Timeline:
    """The dates and deadlines of a case (时间线).

    Args:
        outcome: The outcome of the case.
        engine: The engine that evaluated it.
    """
    law = LawOfCase(outcome, engine)
    duties = outcome.duties
    items = (
        *events(law.case, law.facts, engine.vocabulary),
        *earlier(law),
        *windows(law),
        *limitations(law),
        *changes(law),
        *deadlines(duties),
        *surcharges(duties, law),
    )
    applied = outcome.law_applied
    return Timeline(
        case=law.case.id,
        title=law.violation.title,
        law=None if applied.choice in _NO_CHOICE else applied.text,
        items=in_order(tuple(item for item in items if item.days)),
        undated=tuple(item for item in items if not item.days),
    )

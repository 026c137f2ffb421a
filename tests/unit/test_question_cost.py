"""What asking executes, counted in bytecodes: no clock, no machine too slow for it."""

from bizrules.facts import Fact, Kind, Vocabulary
from bizrules.penalties import Grade
from property.worlds import case, engine, is_true, rule
from strategies import text
from unit.test_evaluation_cost import executed

FEW, MANY = 25, 100
MOST_GROWTH = 4 * 1.25
"""Four times the rules that wait, each for a fact of its own."""


def asking(count: int) -> int:
    """Bytecodes of the questions of a case in which so many rules wait."""
    names = [f"asked_{number:03}" for number in range(count)]
    facts = {name: Fact(name=name, kind=Kind.BOOLEAN, label=text(name)) for name in names}
    rules = [rule(f"r/{name}", Grade.LIGHTER, is_true(name)) for name in names]
    built = engine(*rules, vocabulary=Vocabulary(facts))
    outcome = built.evaluate(case())
    cost = executed(lambda: outcome.questions)
    assert [one.fact for one in outcome.questions] == names
    return cost


def test_growth() -> None:
    """The cost of asking grows with the rules that wait, not with their square."""
    assert asking(MANY) <= MOST_GROWTH * asking(FEW)

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bizrules.errors import Problem
from bizrules.facts import (
    CODED,
    MAX_TEXT,
    NUMERIC,
    ORDERED,
    Fact,
    Kind,
    Value,
    Vocabulary,
    parse_value,
    plain_value,
)
from bizrules.provenance import Location
from bizrules.values import Money, Plain, format_decimal
from strategies import fact, text, vocabulary_of

HERE = Location("case 7", path="$.facts.f")
FACTS = {
    kind: fact("f", kind, *(("none", "slight", "serious") if kind in CODED else ()))
    for kind in Kind
}


def parse(kind: Kind, raw: object) -> Value | Problem:
    """The value that a fact of the kind takes from what was written."""
    return parse_value(FACTS[kind], raw, HERE)


class TestAccepted:
    """Each kind takes the values of its type and the written forms that mean them."""

    @pytest.mark.parametrize(
        ("kind", "raw", "value"),
        [
            (Kind.BOOLEAN, True, True),
            (Kind.BOOLEAN, False, False),
            (Kind.BOOLEAN, Plain("true"), True),
            (Kind.BOOLEAN, Plain("false"), False),
            (Kind.CHOICE, "slight", "slight"),
            (Kind.LEVEL, Plain("none"), "none"),
            (Kind.INTEGER, 0, 0),
            (Kind.INTEGER, Plain("12"), 12),
            (Kind.DAYS, 15, 15),
            (Kind.DAYS, Plain("15"), 15),
            (Kind.NUMBER, "0.5", Decimal("0.5")),
            (Kind.NUMBER, Plain("0.10"), Decimal("0.10")),
            (Kind.NUMBER, 3, Decimal(3)),
            (Kind.NUMBER, "0", Decimal(0)),
            (Kind.NUMBER, Decimal("3.25"), Decimal("3.25")),
            (Kind.MONEY, "66", Money(6600)),
            (Kind.MONEY, Plain("66.5"), Money(6650)),
            (Kind.MONEY, 66, Money(6600)),
            (Kind.MONEY, Decimal("0.01"), Money(1)),
            (Kind.MONEY, Money(5), Money(5)),
            (Kind.MONEY, "0", Money(0)),
            (Kind.DATE, date(2022, 3, 1), date(2022, 3, 1)),
            (Kind.DATE, "2024-02-29", date(2024, 2, 29)),
            (Kind.TEXT, "二类", "二类"),
            (Kind.TEXT, "x" * MAX_TEXT, "x" * MAX_TEXT),
            (Kind.SET, ["none", "serious", "none"], frozenset({"none", "serious"})),
            (Kind.SET, frozenset({"none"}), frozenset({"none"})),
            (Kind.SET, (), frozenset()),
        ],
    )
    def test_value(self, kind: Kind, raw: object, value: Value) -> None:
        """What fits is taken, exactly and in the type of the kind."""
        found = parse(kind, raw)
        assert found == value
        assert type(found) is type(value)


class TestRefused:
    """What does not fit is a problem with a code, never a guess."""

    @pytest.mark.parametrize(
        ("kind", "raw", "code"),
        [
            (Kind.BOOLEAN, "true", "not-a-boolean"),
            (Kind.BOOLEAN, Plain("yes"), "not-a-boolean"),
            (Kind.BOOLEAN, 1, "not-a-boolean"),
            (Kind.BOOLEAN, None, "not-a-boolean"),
            (Kind.CHOICE, "grave", "not-in-choices"),
            (Kind.CHOICE, 1, "not-in-choices"),
            (Kind.LEVEL, "", "not-in-choices"),
            (Kind.LEVEL, None, "not-in-choices"),
            (Kind.INTEGER, True, "not-an-integer"),
            (Kind.INTEGER, "12", "not-an-integer"),
            (Kind.INTEGER, Plain("012"), "not-an-integer"),
            (Kind.INTEGER, Plain("1.0"), "not-an-integer"),
            (Kind.INTEGER, 1.0, "not-an-integer"),
            (Kind.INTEGER, -1, "negative-count"),
            (Kind.INTEGER, Plain("-1"), "negative-count"),
            (Kind.DAYS, Decimal(1), "not-an-integer"),
            (Kind.NUMBER, 0.5, "not-a-number"),
            (Kind.NUMBER, True, "not-a-number"),
            (Kind.NUMBER, "1e3", "not-a-number"),
            (Kind.NUMBER, Decimal("NaN"), "not-a-number"),
            (Kind.NUMBER, Decimal("Infinity"), "not-a-number"),
            (Kind.NUMBER, "-0.1", "negative-count"),
            (Kind.MONEY, 66.0, "not-money"),
            (Kind.MONEY, True, "not-money"),
            (Kind.MONEY, "0.001", "not-money"),
            (Kind.MONEY, "1,000", "not-money"),
            (Kind.MONEY, Decimal("Infinity"), "not-money"),
            (Kind.MONEY, Decimal("NaN"), "not-money"),
            (Kind.MONEY, "-0.01", "negative-money"),
            (Kind.MONEY, Money(-1), "negative-money"),
            (Kind.DATE, "2022-3-1", "not-a-date"),
            (Kind.DATE, 20220301, "not-a-date"),
            (Kind.DATE, "2023-02-29", "no-such-date"),
            (Kind.DATE, datetime(2022, 3, 1, 8, tzinfo=UTC), "not-a-date"),
            (Kind.TEXT, "", "not-text"),
            (Kind.TEXT, "x" * (MAX_TEXT + 1), "not-text"),
            (Kind.TEXT, 5, "not-text"),
            (Kind.SET, "none", "not-a-list"),
            (Kind.SET, 5, "not-a-list"),
            (Kind.SET, ["none", "grave"], "not-in-choices"),
            (Kind.SET, [1], "not-in-choices"),
        ],
    )
    def test_problem(self, kind: Kind, raw: object, code: str) -> None:
        """The problem names the code and the place."""
        found = parse(kind, raw)
        assert isinstance(found, Problem)
        assert (found.code, found.location) == (code, HERE)
        assert found.text("zh")
        assert found.help("en")

    @pytest.mark.parametrize("kind", [Kind.MONEY, Kind.NUMBER, Kind.INTEGER])
    def test_long_numbers(self, kind: Kind) -> None:
        """A number of 24 signs is taken and a longer one refused, however it is given."""
        code = {Kind.MONEY: "not-money", Kind.NUMBER: "not-a-number"}.get(kind, "not-an-integer")
        most, more = 10**24 - 1, 10**24
        assert parse(kind, Plain(most)) == parse(kind, most) != parse(kind, most - 1)
        long: list[object] = [Plain(more), more, 10**5000]
        if kind is not Kind.INTEGER:
            assert parse(kind, Decimal(most)) == parse(kind, most)
            long += [Decimal(more), Decimal("1E+999999999"), Decimal("9E+35")]
        for raw in long:
            found = parse(kind, raw)
            assert isinstance(found, Problem)
            assert found.code == code

    @given(
        digits=st.integers(0, 10**30),
        places=st.integers(-4, 30),
        sign=st.sampled_from(["", "-"]),
        kind=st.sampled_from([Kind.MONEY, Kind.NUMBER]),
    )
    def test_one_bound_for_every_type(
        self, digits: int, places: int, sign: str, kind: Kind
    ) -> None:
        """A decimal means what its plain digits mean, or has the same problem."""
        number = Decimal(f"{sign}{digits}E{-places}")
        text = format_decimal(number)
        if text == "-0":
            text = "0"
        by_text, by_number = parse(kind, text), parse(kind, number)
        if isinstance(by_text, Problem):
            assert isinstance(by_number, Problem)
            assert by_number.code == by_text.code
        else:
            assert by_number == by_text
            assert parse(kind, by_text) == by_text

    def test_choices_are_offered(self) -> None:
        """A value outside the choices is answered with the choices."""
        found = parse(Kind.LEVEL, "grave")
        assert isinstance(found, Problem)
        assert found.help() == "write one of `none`, `slight`, `serious`"

    def test_long_values_are_cut(self) -> None:
        """A value is quoted up to sixty characters, a longer one is cut."""
        short, long = (parse(Kind.DATE, "9" * length) for length in (60, 61))
        assert isinstance(short, Problem)
        assert isinstance(long, Problem)
        assert short.details["found"] == "9" * 60
        assert long.details["found"] == "9" * 57 + "..."

    def test_plain_words_stay_words(self) -> None:
        """A value read from a document is ordinary text afterwards."""
        for kind in (Kind.CHOICE, Kind.LEVEL, Kind.TEXT):
            assert type(parse(kind, Plain("none"))) is str


class TestPlainForm:
    """Values have a plain form that is read back."""

    @pytest.mark.parametrize(
        ("kind", "value", "plain"),
        [
            (Kind.BOOLEAN, True, True),
            (Kind.LEVEL, "slight", "slight"),
            (Kind.INTEGER, 3, 3),
            (Kind.NUMBER, Decimal("0.50"), "0.5"),
            (Kind.MONEY, Money(6650), "66.5"),
            (Kind.DATE, date(2022, 3, 1), "2022-03-01"),
            (Kind.SET, frozenset({"slight", "none"}), ["none", "slight"]),
        ],
    )
    def test_there_and_back(self, kind: Kind, value: Value, plain: object) -> None:
        """The plain form is JSON-able, ordered, and means the same value."""
        assert plain_value(value) == plain
        assert parse(kind, plain) == value


class TestDeclarations:
    """A fact knows its choices, a vocabulary its facts."""

    def test_choices_are_ranked(self) -> None:
        """The choices of a level are numbered from the lowest."""
        harm = FACTS[Kind.LEVEL]
        assert dict(harm.ranks) == {"none": 0, "slight": 1, "serious": 2}
        assert harm.choice_label("slight", "zh") == text("slight").zh
        assert harm.choice_label("slight", "en") == text("slight").en

    def test_ranks_cannot_be_changed(self) -> None:
        """The numbering is read-only."""
        with pytest.raises(TypeError):
            FACTS[Kind.LEVEL].ranks["none"] = 9  # type: ignore[index]

    def test_location_is_no_part(self) -> None:
        """Where a fact was declared does not make it another fact."""
        declared = [
            Fact(name="f", kind=Kind.DATE, label=text("f"), location=Location("v.yaml", line))
            for line in (1, 2)
        ]
        assert declared[0] == declared[1]

    def test_vocabulary(self) -> None:
        """Facts are found by name; what is not declared is a KeyError."""
        vocabulary = vocabulary_of([fact("f", Kind.DATE)])
        assert "f" in vocabulary
        assert "g" not in vocabulary
        assert vocabulary["f"].kind is Kind.DATE
        with pytest.raises(KeyError, match="g"):
            vocabulary["g"]
        assert Vocabulary({}).groups == {}

    def test_families_of_kinds(self) -> None:
        """Every numeric kind is ordered; a set has choices but no order."""
        assert NUMERIC < ORDERED
        assert {Kind.CHOICE, Kind.SET} == CODED - ORDERED

    def test_any_iterable_is_a_set(self) -> None:
        """A set is taken from anything that lists codes."""

        def codes() -> Iterator[str]:
            yield "none"
            yield "slight"

        assert parse(Kind.SET, codes()) == frozenset({"none", "slight"})

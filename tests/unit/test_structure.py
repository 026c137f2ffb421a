"""Structuring: strict types, located problems, and the way back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, Optional

import attrs
import pytest

from bizrules._structure import Raw, from_plain, structure, unstructure
from bizrules._yaml import Document, read_json, read_yaml
from bizrules.errors import DocumentError, Problem
from bizrules.provenance import Citation, Location, NormLevel, Text
from bizrules.values import DateSpan, Interval, Money, Plain


class Colour(Enum):
    """An enumeration with text values."""

    RED = "red"
    GREEN = "light-green"


class Size(StrEnum):
    """An enumeration that is text."""

    SMALL = "small"
    LARGE = "large"


class Count(Enum):
    """An enumeration with numbers."""

    ONE = 1
    TWO = 2


@attrs.frozen(kw_only=True)
class Item:
    """A class with one field of each kind that documents may hold."""

    id: str
    flag: bool = False
    number: int = 0
    share: Decimal = Decimal(0)
    amount: Money | None = None
    day: date | None = None
    colour: Colour = Colour.RED
    level: NormLevel | None = None
    title: Text | None = None
    names: tuple[str, ...] = ()
    pair: tuple[str, int] | None = None
    marks: frozenset[str] = frozenset()
    shares: Mapping[str, Decimal] = attrs.field(factory=dict)
    from_: date | None = None
    until: Optional[str] = attrs.field(default=None, metadata={"key": "to"})  # noqa: UP045
    when: Raw | None = None
    items: "tuple[Item, ...]" = ()
    location: Location | None = attrs.field(default=None, eq=False)


@attrs.frozen
class Root:
    """A class that must be given everything."""

    format: int
    when: Raw
    place: Location
    cached: int = attrs.field(init=False, default=7)


def item(text: str) -> Item:
    """The item written in YAML."""
    return structure(read_yaml(text.encode(), "x.yaml"), Item)


def problems(text: str, cls: type[object] = Item) -> tuple[Problem, ...]:
    """The problems of the item written in YAML."""
    with pytest.raises(DocumentError) as caught:
        structure(read_yaml(text.encode(), "x.yaml"), cls)
    for problem in caught.value.problems:
        assert problem.render("zh")
        assert problem.render("en")
    return caught.value.problems


def problem(text: str, cls: type[object] = Item) -> Problem:
    """The only problem of the item written in YAML."""
    (found,) = problems(text, cls)
    return found


class TestScalars:
    """The class says what an unquoted scalar is, and nothing is turned into something else."""

    @pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False)])
    def test_boolean(self, text: str, value: bool) -> None:
        """Only `true` and `false` without quotes are booleans."""
        assert item(f"{{id: a, flag: {text}}}").flag is value

    @pytest.mark.parametrize("text", ["'true'", "yes", "no", "True", "1", "0", "on"])
    def test_not_a_boolean(self, text: str) -> None:
        """Everything else is none."""
        assert problem(f"{{id: a, flag: {text}}}").code == "not-a-boolean"

    @pytest.mark.parametrize(("text", "value"), [("0", 0), ("-12", -12), ("100", 100)])
    def test_integer(self, text: str, value: int) -> None:
        """Plain digits are an integer."""
        assert item(f"{{id: a, number: {text}}}").number == value

    @pytest.mark.parametrize("text", ["010", "'12'", "1e3", "1.0", "+1", "true", "１", "9" * 25])
    def test_not_an_integer(self, text: str) -> None:
        """Leading zeros, quotes, exponents, decimals and words are not."""
        assert problem(f"{{id: a, number: {text}}}").code == "not-an-integer"

    @pytest.mark.parametrize("text", ["0.25", "'0.25'", "0.250"])
    def test_number(self, text: str) -> None:
        """Digits with a point are a number, quoted or not."""
        assert item(f"{{id: a, share: {text}}}").share == Decimal("0.25")

    @pytest.mark.parametrize("text", [".5", "1e3", "1/2", "true", "NaN", "1_0", "20%"])
    def test_not_a_number(self, text: str) -> None:
        """Other spellings are not."""
        assert problem(f"{{id: a, share: {text}}}").code == "not-a-number"

    @pytest.mark.parametrize(
        ("text", "fen"), [("66", 6600), ("'66.5'", 6650), ("0.01", 1), ("0", 0)]
    )
    def test_money(self, text: str, fen: int) -> None:
        """Yuan with at most two decimals are money."""
        assert item(f"{{id: a, amount: {text}}}").amount == Money(fen)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("1.234", "not-money"),
            ("1,000", "not-money"),
            ("'¥5'", "not-money"),
            ("5元", "not-money"),
            ("-0.01", "negative-money"),
        ],
    )
    def test_not_money(self, text: str, code: str) -> None:
        """Other spellings and negative amounts are not."""
        assert problem(f'{{id: a, amount: "{text.strip(chr(39))}"}}').code == code

    @pytest.mark.parametrize("text", ["2022-03-01", "'2022-03-01'"])
    def test_date(self, text: str) -> None:
        """A day is a date, quoted or not."""
        assert item(f"{{id: a, day: {text}}}").day == date(2022, 3, 1)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("2022-02-30", "no-such-date"),
            ("0000-01-01", "no-such-date"),
            ("2022-3-1", "not-a-date"),
            ("20220301", "not-a-date"),
            ("2022-03-01T00:00:00", "not-a-date"),
            ("２０２２-03-01", "not-a-date"),
        ],
    )
    def test_not_a_date(self, text: str, code: str) -> None:
        """Other spellings, and days that are in no calendar, are not."""
        assert problem(f"{{id: a, day: '{text}'}}").code == code

    @pytest.mark.parametrize("text", ["010", "no", "'1'", "1e3", "2022-03-01"])
    def test_text(self, text: str) -> None:
        """Every scalar is text, exactly as it was written, and an ordinary `str`."""
        found = item(f"id: {text}").id
        assert found == text.strip("'")
        assert type(found) is str

    @pytest.mark.parametrize(("text", "shape"), [("[a]", "sequence"), ("{a: b}", "mapping")])
    def test_not_text(self, text: str, shape: str) -> None:
        """A list or a mapping is not text."""
        found = problem(f"id: {text}")
        assert found.code == "not-text"
        assert found.details == {"found_phrase": f"shape.{shape}"}

    @pytest.mark.parametrize(
        "field", ["flag", "number", "share", "amount", "day", "colour", "level"]
    )
    @pytest.mark.parametrize(("text", "shape"), [("[a]", "sequence"), ("{a: b}", "mapping")])
    def test_wrong_shape(self, field: str, text: str, shape: str) -> None:
        """A list or a mapping is no single value."""
        found = problem(f"{{id: a, {field}: {text}}}")
        assert found.code == "wrong-shape"
        assert found.details["found_phrase"] == f"shape.{shape}"

    @pytest.mark.parametrize(
        "field", ["flag", "number", "share", "colour", "names", "marks", "shares"]
    )
    def test_missing_value(self, field: str) -> None:
        """A key without a value is reported where a value must be."""
        found = problem(f"id: a\n{field}:\n")
        assert found.code == "value-missing"
        assert found.location == Location("x.yaml", 2, len(field) + 2, f"$.{field}")

    def test_missing_text(self) -> None:
        """Text is a value like any other."""
        assert problem("id:").code == "value-missing"

    def test_optional(self) -> None:
        """A key without a value is allowed where none is needed."""
        assert item("id: a\namount:\nday: ~\nto: null\nwhen:\n") == Item(id="a")

    def test_enumerations(self) -> None:
        """Members are named by value; ranks by lower-case name."""
        found = item("{id: a, colour: light-green, level: 'administrative_regulation'}")
        assert (found.colour, found.level) == (Colour.GREEN, NormLevel.ADMINISTRATIVE_REGULATION)

    def test_not_in_choices(self) -> None:
        """Another name is refused with those that are near, or else all of them."""
        found = problem("{id: a, colour: ligth-green}")
        assert found.text("en") == "`ligth-green` is not one of the choices of `colour`"
        assert found.help("en") == "did you mean `light-green`?"
        assert problem("{id: a, colour: blue}").help("zh") == "请写 `red`、`light-green` 之一"
        assert problem("{id: a, level: 5}").code == "not-in-choices"
        assert problem("{id: a, level: LAW}").code == "not-in-choices"

    def test_member_at_root(self) -> None:
        """A document that is one member has no key to name."""
        assert problem("blue", Colour).details["what"] == "`$`"
        assert structure(Document("x", Plain("red")), Colour) is Colour.RED

    def test_numbered_members(self) -> None:
        """A number in a document is text until a class says otherwise."""
        assert problem("1", Count).code == "not-in-choices"
        assert structure(Document("x", 1), Count) is Count.ONE
        with pytest.raises(DocumentError):
            structure(Document("x", True), Count)

    def test_text_members(self) -> None:
        """A member that is text is still a member."""
        assert structure(Document("x", Plain("large")), Size) is Size.LARGE


class TestPython:
    """A Python value of the type itself is taken too, and no other."""

    @pytest.mark.parametrize(
        ("value", "cls"),
        [
            (True, bool),
            (3, int),
            (Decimal("1.5"), Decimal),
            (Money(-0), Money),
            (date(2022, 1, 1), date),
            (NormLevel.LAW, NormLevel),
            (Colour.RED, Colour),
            ("a", str),
        ],
    )
    def test_same(self, value: object, cls: type[object]) -> None:
        """The value is returned as it is."""
        assert structure(Document("data", value), cls) == value

    @pytest.mark.parametrize(
        ("value", "cls", "expected"),
        [
            (3, Decimal, Decimal(3)),
            (3, Money, Money(300)),
            (Decimal("1E+2"), Money, Money(10_000)),
            (Decimal("0.5"), Money, Money(50)),
        ],
    )
    def test_exact(self, value: object, cls: type[object], expected: object) -> None:
        """Whole numbers and decimals are numbers, and yuan."""
        assert structure(Document("data", value), cls) == expected

    @pytest.mark.parametrize(
        ("value", "cls", "code"),
        [
            (1, bool, "not-a-boolean"),
            (True, int, "not-an-integer"),
            (1.5, Decimal, "not-a-number"),
            (True, Decimal, "not-a-number"),
            (Decimal("NaN"), Decimal, "not-a-number"),
            (Decimal("NaN"), Money, "not-money"),
            (Decimal("1.0000000000000000000000000000001"), Money, "not-money"),
            (1.5, Money, "not-money"),
            (True, Money, "not-money"),
            (Money(-1), Money, "negative-money"),
            (datetime(2022, 1, 1), date, "not-a-date"),  # noqa: DTZ001 - refused whatever its zone
            (True, str, "not-text"),
            (Colour.RED, NormLevel, "not-in-choices"),
            (("a",), str, "not-text"),
        ],
    )
    def test_other(self, value: object, cls: type[object], code: str) -> None:
        """Nothing is coerced."""
        with pytest.raises(DocumentError) as caught:
            structure(Document("data", value), cls)
        (found,) = caught.value.problems
        assert found.code == code
        assert found.location == Location("data")
        assert found.text("en")


class TestClasses:
    """Keys are the fields and no others; all faults are reported at their places."""

    def test_keys(self) -> None:
        """A trailing underscore is no part of the key, and metadata may name another."""
        found = item("{id: a, from: 2022-01-01, to: later}")
        assert (found.from_, found.until) == (date(2022, 1, 1), "later")

    def test_nested(self) -> None:
        """Classes contain themselves, lists, sets and mappings in the order of the document."""
        found = item(
            "{id: a, title: {zh: 甲, en: A}, names: [x, y], marks: [z, z], pair: [p, 1],"
            " shares: {b: 1, a: 2}, items: [{id: b, items: [{id: c}]}]}"
        )
        assert found.title == Text("甲", "A")
        assert found.names == ("x", "y")
        assert found.marks == {"z"}
        assert found.pair == ("p", 1)
        assert list(found.shares.items()) == [("b", Decimal(1)), ("a", Decimal(2))]
        assert found.items[0].items[0].id == "c"

    def test_location(self) -> None:
        """A class knows where it was written."""
        found = item("id: a\nitems:\n  - {id: b}\n")
        assert found.location == Location("x.yaml", 1, 1, "$")
        assert found.items[0].location == Location("x.yaml", 3, 5, "$.items[0]")

    @pytest.mark.parametrize("key", ["location", "$place", "from_", "until"])
    def test_no_key(self, key: str) -> None:
        """Neither the place nor the name of a field that has another key is a key."""
        found = problem(f"id: a\n{key}: {{source: b}}\n")
        assert found.code == "unknown-key"
        assert found.location == Location("x.yaml", 2, 1, found.location.path)

    def test_raw(self) -> None:
        """A raw field keeps its data and its place."""
        when = item("id: a\nwhen:\n  - b: {below: 5}\n").when
        assert when is not None
        assert when.data == [{"b": {"below": "5"}}]
        assert when.path == ("when",)
        assert when.location.line == 3
        assert when.key_location.line == 2
        below = when.at(0, "b", "below")
        assert below == Raw(below.document, below.path, Plain("5"))
        assert below.location == Location("x.yaml", 3, 16, "$.when[0].b.below")
        assert below.key_location.column == 9
        assert "rules" not in repr(below)

    @pytest.mark.parametrize("steps", [("a",), (1,), (0, "c"), (0, "b", "below", "x")])
    def test_raw_nothing(self, steps: tuple[str | int, ...]) -> None:
        """Where nothing stands there is nothing to read."""
        when = item("id: a\nwhen:\n  - b: {below: 5}\n").when
        assert when is not None
        with pytest.raises(LookupError):
            when.at(*steps)

    def test_part(self) -> None:
        """A part of a document is read with its own places."""
        document = read_yaml(b"cases:\n  - {id: a}\n  - {id: b, x: 1}\n", "x.yaml")
        assert structure(document, Item, ("cases", 0)) == Item(id="a")
        with pytest.raises(DocumentError, match=r"x\.yaml:3:13"):
            structure(document, Item, ("cases", 1))
        with pytest.raises(LookupError):
            structure(document, Item, ("cases", 2))

    def test_required(self) -> None:
        """Raw and place may be required; what is not initialised is no key."""
        root = structure(read_yaml(b"format: 1\nwhen: ~", "x"), Root)
        assert (root.format, root.when.data, root.place.line, root.cached) == (1, None, 1, 7)
        assert [p.details["key"] for p in problems("cached: 1\nformat: 1", Root)] == [
            "when",
            "cached",
        ]

    def test_unknown_key(self) -> None:
        """An unknown key is found at the key, with the keys that are near and still free."""
        found = problem("id: a\nammount: 5\n")
        assert found.location == Location("x.yaml", 2, 1, "$.ammount")
        assert found.help("en") == "did you mean `amount`?"
        assert problem("id: a\namount: 5\nammount: 5\n").help("zh") == "请核对写法"
        assert problem(f"id: a\n{'amount' * 9}: 5\n").help("en") == "check the spelling"

    def test_missing_key(self) -> None:
        """A key that is missing is reported at the mapping."""
        found = problem("items:\n  - {id: a}\n  - {number: 1}\nid: b")
        assert found.code == "missing-key"
        assert found.details == {"key": "id"}
        assert found.location == Location("x.yaml", 3, 5, "$.items[1]")

    def test_all_at_once(self) -> None:
        """Every fault at every depth is reported, in the order of the file."""
        text = (
            "flag: maybe\n"
            "names: [a, [b], {c: d}]\n"
            "shares: {a: x, b: 1, c: y}\n"
            "pair: [p, q]\n"
            "items:\n"
            "  - {id: a, number: 01, wrong: 1}\n"
            "  - text\n"
            "  -\n"
            "marks: {}\n"
            "title: {zh: 甲, de: A}\n"
            "$place: 1\n"
        )
        assert [(p.code, p.location.line) for p in problems(text)] == [
            ("missing-key", 1),
            ("not-a-boolean", 1),
            ("not-text", 2),
            ("not-text", 2),
            ("not-a-number", 3),
            ("not-a-number", 3),
            ("not-an-integer", 4),
            ("not-an-integer", 6),
            ("unknown-key", 6),
            ("wrong-shape", 7),
            ("value-missing", 8),
            ("wrong-shape", 9),
            ("missing-key", 10),
            ("unknown-key", 10),
            ("unknown-key", 11),
        ]

    @pytest.mark.parametrize("text", ["[p]", "[p, 1, 2]", "[]"])
    def test_wrong_length(self, text: str) -> None:
        """A tuple of fixed length has exactly so many values."""
        found = problem(f"{{id: a, pair: {text}}}")
        assert found.code == "wrong-length"
        assert found.details["expected"] == "2"

    @pytest.mark.parametrize(
        ("text", "expected", "found"),
        [
            ("[a]", "a mapping", "a list"),
            ("a", "a mapping", "a single value"),
            ("{id: a, names: b}", "a list", "a single value"),
            ("{id: a, names: {b: c}}", "a list", "a mapping"),
            ("{id: a, shares: [b]}", "a mapping", "a list"),
        ],
    )
    def test_shapes(self, text: str, expected: str, found: str) -> None:
        """What is expected and what was found are said in words."""
        assert problem(text).text("en") == f"{expected} is expected here, found {found}"

    def test_json(self) -> None:
        """JSON is read by the same rules: numbers and words are unquoted."""
        raw = b'{"id": "a", "flag": true, "number": 3, "amount": 66.50, "day": "2022-03-01"}'
        assert structure(read_json(raw, "x.json"), Item) == Item(
            id="a", flag=True, number=3, amount=Money(6650), day=date(2022, 3, 1)
        )

    def test_validator(self) -> None:
        """What a class itself refuses is a problem of the mapping."""

        @attrs.frozen
        class Even:
            number: int

            def __attrs_post_init__(self) -> None:
                if self.number % 2:
                    msg = f"`{self.number}` is odd"
                    raise ValueError(msg)

        found = problem("number: 3", Even)
        assert found.code == "bad-value"
        assert found.text("en") == "the values do not fit together: `3` is odd"

    def test_own_problems(self) -> None:
        """Problems that a class finds itself are reported as they are."""
        own = Problem("no-case", Location("x.yaml", 9, 1))

        @attrs.frozen
        class Strict:
            number: int

            def __attrs_post_init__(self) -> None:
                raise DocumentError([own])

        assert problem("number: 3", Strict) == own

    def test_bug(self) -> None:
        """What is no fault of the document is not reported as one."""

        def convert(number: Any) -> int:  # noqa: ANN401 - the bug is in the type
            return int(number.missing)

        @attrs.frozen
        class Broken:
            number: int = attrs.field(converter=convert)

        with pytest.raises(AttributeError, match="missing"):
            structure(Document("x", {"number": 1}), Broken)

    def test_lookup_bug(self) -> None:
        """A class that fails to look something up does not look like a missing key."""

        def look_up(number: int) -> int:
            return {1: 2}[number]

        @attrs.frozen
        class Broken:
            number: int = attrs.field(converter=look_up)

        with pytest.raises(KeyError, match="7"):
            structure(Document("x", {"number": 7}), Broken)

    @pytest.mark.parametrize(
        "annotation",
        [
            float,
            bytes,
            Path,
            Fraction,
            Any,
            object,
            list[str],
            set[str],
            dict[str, str],
            tuple,
            Mapping[int, str],
            int | str,
            int | str | None,
            datetime,
        ],
        ids=str,
    )
    def test_types_refused(self, annotation: Any) -> None:  # noqa: ANN401 - a type form
        """A field of another type is a fault of the program; cattrs would have coerced it."""
        cls = attrs.make_class("Other", {"x": attrs.field(type=annotation)})
        with pytest.raises(TypeError, match="there is no rule"):
            structure(Document("x", {"x": Plain("1")}), cls)


@attrs.frozen(kw_only=True)
class Record:
    """A class with one field of each kind that plain data may hold."""

    text: str
    flag: bool | None = None
    count: int = 0
    share: Decimal = Decimal(0)
    ratio: Fraction | None = None
    exact: int | Fraction = 0
    amount: Money | None = None
    day: date | None = None
    colour: Colour | None = None
    size: Size = Size.SMALL
    number: Count = Count.ONE
    level: NormLevel | None = None
    title: Text | None = None
    names: tuple[str, ...] = ()
    pairs: tuple[tuple[str, Text], ...] = ()
    levels: frozenset[NormLevel] = frozenset()
    table: Mapping[str, tuple[Money, ...]] = attrs.field(factory=dict)
    facts: Mapping[str, bool | int | str | Decimal | Money | date | Iterable[str]] = attrs.field(
        factory=dict
    )
    lists: Sequence[int] = ()
    span: DateSpan | None = None
    interval: Interval | None = None
    cite: Citation | None = None
    from_: date | None = None
    children: "tuple[Record, ...]" = ()
    either: Text | tuple[str, ...] | Colour | Count | bool | None = None


@attrs.frozen
class Small:
    """A class for wrong data."""

    a: int
    b: tuple[Money, ...] = ()
    cached: int = attrs.field(init=False, default=7)


RECORD = Record(
    text=Plain("true"),
    flag=True,
    count=-3,
    share=Decimal("0.50"),
    ratio=Fraction(-1, 3),
    exact=Fraction(1, 2),
    amount=Money(-6605),
    day=date(2022, 3, 1),
    colour=Colour.GREEN,
    size=Size.LARGE,
    number=Count.TWO,
    level=NormLevel.LAW,
    title=Text("甲", "A"),
    names=("b", "a"),
    pairs=(("x", Text("乙", "B")),),
    levels=frozenset({NormLevel.RULE, NormLevel.LAW}),
    table=MappingProxyType({"z": (Money(1), Money(200)), "a": ()}),
    facts={"a": True, "b": 3, "c": "x", "d": ["y", "z"]},
    lists=(1, 2),
    span=DateSpan(date(2022, 1, 1)),
    interval=Interval(until=date(2023, 1, 1)),
    cite=Citation("行政处罚法", "33", location=Location("x.yaml", 3, 1, "$.cite")),
    from_=date(2022, 1, 1),
    children=(Record(text="child"),),
)


class TestPlainData:
    """`from_plain` is the inverse of `unstructure`."""

    def test_written(self) -> None:
        """Plain data is JSON, with exact numbers as text."""
        plain = unstructure(RECORD)
        assert json.loads(json.dumps(plain)) == plain
        expected = {
            "text": "true",
            "flag": True,
            "count": -3,
            "share": "0.5",
            "ratio": "-1/3",
            "exact": "1/2",
            "amount": "-66.05",
            "day": "2022-03-01",
            "colour": "light-green",
            "size": "large",
            "number": 2,
            "level": "law",
            "title": {"zh": "甲", "en": "A"},
            "names": ["b", "a"],
            "pairs": [["x", {"zh": "乙", "en": "B"}]],
            "levels": ["law", "rule"],
            "table": {"z": ["0.01", "2"], "a": []},
            "facts": {"a": True, "b": 3, "c": "x", "d": ["y", "z"]},
            "span": {"earliest": "2022-01-01", "latest": None},
            "from": "2022-01-01",
            "either": None,
        }
        assert {key: plain[key] for key in expected} == expected
        assert plain["cite"]["location"] == {
            "source": "x.yaml",
            "line": 3,
            "column": 1,
            "path": "$.cite",
        }
        assert type(plain["text"]) is str
        assert "location" not in plain

    def test_round_trip(self) -> None:
        """The object comes back, through JSON too."""
        again = from_plain(json.loads(json.dumps(unstructure(RECORD))), Record)
        assert attrs.evolve(again, facts=RECORD.facts) == RECORD
        assert again.facts == {"a": True, "b": 3, "c": "x", "d": ("y", "z")}
        assert again.cite is not None
        assert again.cite.location == Location("x.yaml", 3, 1, "$.cite")
        assert type(again.facts["a"]) is bool
        assert type(again.exact) is Fraction

    @pytest.mark.parametrize(
        "value", [Text("甲", "A"), ("a", "b"), Colour.GREEN, Count.TWO, True, None], ids=repr
    )
    def test_union(self, value: object) -> None:
        """The types of a union are told apart by their shape."""
        record = Record(text="a", either=value)  # type: ignore[arg-type]  # one of them
        assert from_plain(unstructure(record), Record) == record

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (Money(0), "0"),
            (Money(5), "0.05"),
            (Money(50), "0.5"),
            (Money(1000), "10"),
            (Money(-1), "-0.01"),
            (Money(10**40 + 1), f"1{'0' * 38}.01"),
            (Decimal("1E+3"), "1000"),
            (Decimal("1E-10"), "0.0000000001"),
            (Decimal("-0.10"), "-0.1"),
            (Fraction(3), "3/1"),
            (date(1, 2, 3), "0001-02-03"),
        ],
    )
    def test_exact(self, value: object, text: str) -> None:
        """Numbers are written in full and come back equal."""
        assert unstructure(value) == text
        assert from_plain(text, type(value)) == value

    def test_defaults(self) -> None:
        """What has a default may be left out; what is computed is neither written nor read."""
        assert from_plain({"a": 1}, Small) == Small(1)
        assert unstructure(Small(1)) == {"a": 1, "b": []}

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            ({}, [("missing-key", "$")]),
            ({"a": 1, "c": 2, "cached": 7}, [("unknown-key", "$.c"), ("unknown-key", "$.cached")]),
            ({"a": True}, [("not-an-integer", "$.a")]),
            ({"a": 1.0}, [("not-an-integer", "$.a")]),
            ({"a": "1"}, [("not-an-integer", "$.a")]),
            ({"a": None}, [("value-missing", "$.a")]),
            ({"a": [1]}, [("wrong-shape", "$.a")]),
            ([], [("wrong-shape", "$")]),
            (
                {"a": 1, "b": ["1", 1, "x", "1.234"]},
                [("not-money", f"$.b[{n}]") for n in (1, 2, 3)],
            ),
            ({"a": "x", "b": 1}, [("not-an-integer", "$.a"), ("wrong-shape", "$.b")]),
        ],
    )
    def test_wrong(self, data: object, expected: list[tuple[str, str]]) -> None:
        """Wrong data is refused with all its faults."""
        with pytest.raises(DocumentError) as caught:
            from_plain(data, Small, name="receipt")
        found = caught.value.problems
        assert sorted((p.code, p.location.path) for p in found) == sorted(expected)
        assert {(p.location.source, p.location.line) for p in found} == {("receipt", 0)}

    @pytest.mark.parametrize(
        ("data", "cls", "code"),
        [
            (1, bool, "not-a-boolean"),
            ("true", bool, "not-a-boolean"),
            (1, Decimal, "not-a-number"),
            ("1e3", Decimal, "not-a-number"),
            ("NaN", Decimal, "not-a-number"),
            ("1", Fraction, "not-a-number"),
            ("1/0", Fraction, "not-a-number"),
            (5, Money, "not-money"),
            ("2022-02-30", date, "no-such-date"),
            (1, str, "not-text"),
            ("LAW", NormLevel, "not-in-choices"),
            (5, NormLevel, "not-in-choices"),
            (True, Count, "not-in-choices"),
            ([], Decimal, "wrong-shape"),
            ({}, bool, "wrong-shape"),
        ],
    )
    def test_wrong_scalar(self, data: object, cls: type[object], code: str) -> None:
        """Nothing is coerced."""
        with pytest.raises(DocumentError) as caught:
            from_plain(data, cls)
        assert [p.code for p in caught.value.problems] == [code]

    def test_wrong_member_of_union(self) -> None:
        """Data of a shape that no member has is refused as the first of them."""
        with pytest.raises(DocumentError, match="not-an-integer"):
            from_plain({"text": "a", "exact": 1.5}, Record)

    @pytest.mark.parametrize(
        "value",
        [
            1.5,
            b"x",
            Path("x"),
            {"x"},
            {1: 2},
            (1, 1.5),
            pytest.param({"x": object()}, id="object"),
            Decimal("NaN"),
            datetime(2022, 1, 1),  # noqa: DTZ001 - refused whatever its zone
            int,
        ],
        ids=repr,
    )
    def test_not_plain(self, value: object) -> None:
        """What has no exact plain form is not written."""
        with pytest.raises(TypeError, match="no rule"):
            unstructure(value)

    @pytest.mark.parametrize(
        "cls",
        [
            float,
            object,
            Mapping[int, str],
            Decimal | Money,
            Text | Citation,
            Colour | Size,
            list[int],
        ],
        ids=str,
    )
    def test_types_refused(self, cls: Any) -> None:  # noqa: ANN401 - a type form
        """Types that plain data cannot tell are a fault of the program."""
        with pytest.raises(TypeError, match="no rule"):
            from_plain("1", cls)

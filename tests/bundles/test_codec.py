"""What a bundle gives back is what was put in."""

import gzip
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bizrules.bundles._codec import Fault, reader, writer
from bizrules.bundles._sharing import Parts
from bizrules.bundles._tables import Block, Head, Packed, Table, pack, plain_data
from bizrules.conditions import ALWAYS, AllOf, AnyOf, Condition, Op
from bizrules.conditions import Test as Leaf
from bizrules.errors import BundleError
from bizrules.facts import Fact, Group, Value
from bizrules.loading import (
    Expect,
    ExpectMatter,
    GoldenCase,
    GoldenMatter,
    Official,
    Origin,
)
from bizrules.penalties import FineEffect, Provision
from bizrules.provenance import Location
from bizrules.regions import Region
from bizrules.rules import Duty, Rule, Ruleset, Violation
from bizrules.values import Plain
from bundles.drawn import drawn

RECORDS = (Rule, Ruleset, Violation, Fact, Group, Origin, Region, Duty, Provision, Official, Expect)
PLACE = Location("x.yaml", 1, 2, "$.a")


def table(cls: Any, packed: Packed) -> Table[Any]:  # noqa: ANN401 - a type form
    """The table that was packed."""
    return Table(
        cls=cls,
        data=memoryview(packed.data),
        place="test",
        head_length=packed.head,
        content=packed.content,
        count=packed.records,
    )


def again(*records: object) -> list[Any]:
    """The records as a bundle gives them back."""
    cls = type(records[0])
    read = table(cls, pack(cls, records))
    return [read[number] for number in range(len(read))]


def whole(thing: object) -> object:
    """The thing with its places, which are no part of equality, and the types of its values."""
    if attrs.has(type(thing)):
        kind: Any = type(thing)
        names = [field.name for field in attrs.fields(kind) if field.init]
        return kind, [whole(getattr(thing, name)) for name in names]
    if isinstance(thing, tuple | list):
        return [whole(one) for one in thing]
    if isinstance(thing, frozenset):
        return frozenset((type(one), one) for one in thing)
    if hasattr(thing, "items"):
        return {key: whole(one) for key, one in thing.items()}
    return (str if isinstance(thing, Plain) else type(thing)), thing


@pytest.mark.parametrize("cls", RECORDS, ids=lambda cls: cls.__name__)
@given(data=st.data())
def test_every_field_comes_back(cls: type, data: st.DataObject) -> None:
    """An object with any values in any of its fields comes back equal, places included."""
    records = data.draw(st.lists(drawn(cls), min_size=1, max_size=3))
    found = again(*records)
    assert found == records
    assert [whole(one) for one in found] == [whole(one) for one in records]


@given(drawn(Expect), drawn(ExpectMatter))
def test_goldens_come_back(expect: Expect, matter: ExpectMatter) -> None:
    """What golden cases and matters expect comes back equal."""
    assert whole(again(expect)[0]) == whole(expect)
    assert whole(again(matter)[0]) == whole(matter)


@given(drawn(Condition), drawn(Condition))
def test_conditions_come_back(one: Condition, other: Condition) -> None:
    """Conditions come back whole, however they share their parts."""
    both = AllOf((one, AnyOf((other, one))), PLACE)
    (found,) = again(both)
    assert whole(found) == whole(both)


def test_every_type_of_the_model_has_a_rule() -> None:
    """Whatever knowledge holds can be written and read: no class is left out."""
    for cls in (*RECORDS, GoldenCase, GoldenMatter):
        for field in attrs.fields(attrs.resolve_types(cls)):
            if field.init:
                assert callable(reader(field.type))
                assert callable(writer(field.type))


def test_what_is_shared_is_one_object() -> None:
    """Equal parts of several records, places included, are one object after reading."""
    preamble = Leaf(("corrected",), Op.IS, True, PLACE)
    first, second = again(
        AllOf((preamble, Leaf(("a",), Op.IS, True))), AllOf((preamble, Leaf(("b",), Op.IS, True)))
    )
    assert first.parts[0] is second.parts[0]
    assert first.parts[0].location == PLACE


def test_places_are_kept_apart() -> None:
    """Parts that are equal but stand elsewhere are not taken for one another."""
    one, other = (Leaf(("corrected",), Op.IS, True, Location("x.yaml", line)) for line in (1, 2))
    (found,) = again(AllOf((one, other, one, other)))
    assert [part.location.line for part in found.parts] == [1, 2, 1, 2]


def test_true_is_not_one() -> None:
    """A boolean and a number that Python takes for equal stay what they are."""
    (found,) = again(AllOf((Leaf(("a",), Op.IS, True), Leaf(("a",), Op.IS, 1))))
    assert [type(part.operand) for part in found.parts] == [bool, int]


@pytest.mark.parametrize(
    ("cls", "value"),
    [(int, True), (bool, 1), (str, 1), (Decimal, 1), (Value, 1.5), (Value, datetime(2024, 1, 1))],  # noqa: DTZ001 - no moment is meant
)
def test_another_type_is_not_written(cls: Any, value: object) -> None:  # noqa: ANN401 - a type form
    """A value that is not of the type of its field is refused when the bundle is built."""
    with pytest.raises(Fault):
        writer(cls)(value, Parts())


def by_hand(cls: type, text: bytes, *, shared: int = 0) -> Table[Any]:
    """A table of these lines, as made by someone who made everything around them fit."""
    body = gzip.compress(text, mtime=0)
    lines = text.count(b"\n")
    head = Head(blocks=(Block(len(body), len(text), lines),), shared=shared)
    first = gzip.compress(json.dumps(plain_data(head)).encode(), mtime=0)
    return table(cls, Packed(first + body, len(first), len(text), lines - shared))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"amount": True}, "bundle-bad-value"),
        ({"amount": "5"}, "bundle-bad-value"),
        ({"amount": 5.0}, "bundle-bad-value"),
        ({"amount": 10**60}, "bundle-bad-value"),
        ({"floor": "1/0"}, "bundle-bad-value"),
        ({"floor": "x"}, "bundle-bad-value"),
        ({"band": {"low": "0/1"}}, "bundle-missing-key"),
        ({"amuont": 5}, "bundle-unknown-key"),
        ([5], "bundle-bad-value"),
        (0, "bundle-bad-value"),
        (None, "bundle-bad-value"),
    ],
)
def test_other_data_is_refused(data: object, code: str) -> None:
    """Data of another shape than the class is refused with its place, whatever the digests say."""
    with pytest.raises(BundleError) as caught:
        by_hand(FineEffect, f"{json.dumps(data)}\n".encode())[0]
    assert caught.value.code == code
    assert "test [0]" in caught.value.details["place"]


def test_a_number_that_is_no_number() -> None:
    """What JSON of Python allows beyond JSON is refused."""
    for text in (b'{"amount": NaN}\n', b'{"amount": \n', b"[" * 100_000 + b"\n"):
        with pytest.raises(BundleError):
            by_hand(FineEffect, text)[0]


def _doubled(times: int) -> Table[Any]:
    """A condition of a few lines that stands for many: each part holds the one before twice."""
    lines = ['{"parts": [{"AllOf": {"parts": []}}]}']
    lines += [json.dumps({"parts": [{"AllOf": at}, {"AllOf": at}]}) for at in range(times)]
    text = "".join(f"{line}\n" for line in [*lines, lines[-1]])
    return by_hand(AllOf, text.encode(), shared=len(lines))


def test_parts_that_double_are_refused() -> None:
    """A few shared parts cannot stand for a condition too large to walk."""
    assert isinstance(_doubled(5)[0], AllOf)
    with pytest.raises(BundleError) as caught:
        _doubled(40)[0]
    assert caught.value.code == "bundle-too-deep"


def test_a_part_that_holds_itself_is_refused() -> None:
    """A shared part holds only parts before it, so that reading ends."""
    line = b'{"parts": [{"AllOf": 0}]}\n'
    with pytest.raises(BundleError) as caught:
        by_hand(AllOf, line * 2, shared=1)[0]
    assert caught.value.code == "bundle-bad-value"


def test_always_comes_back() -> None:
    """A condition without parts comes back as one that is always true."""
    assert again(ALWAYS) == [ALWAYS]

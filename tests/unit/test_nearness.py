"""Known names close to one that is not known."""

import difflib

import pytest
from hypothesis import given
from hypothesis.strategies import text

from bizrules.nearness import near_names, nearest

KNOWN = ("sold", "recalled", "recall_late")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("recaled", ("recalled", "recall_late")),
        ("xyz", ()),
        ("", ()),
    ],
)
def test_nearest(name: str, near: tuple[str, ...]) -> None:
    """Names are near if they look alike, the closest first."""
    assert nearest(name, KNOWN) == near
    assert nearest(name, reversed(KNOWN)) == near
    assert near_names(name, KNOWN) == ",".join(near)


def test_few() -> None:
    """At most five are named, and none where none is known."""
    assert len(nearest("fact", [f"fact{number}" for number in range(9)])) == 5
    assert nearest("fact", ()) == ()


def test_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest name that may be near is compared, and what is longer is not."""
    compared: list[str] = []

    def compare(name: str, *_: object, **__: object) -> list[str]:
        compared.append(name)
        return difflib.get_close_matches(name, ["kinds"])

    monkeypatch.setattr("bizrules.nearness.get_close_matches", compare)
    assert nearest("kinds_goods", ("per", "kinds")) == ("kinds",)
    assert nearest("kinds_of_all_goods", ("per", "kinds")) == ()
    assert compared == ["kinds_goods"]


@given(text(max_size=30), text(min_size=1, max_size=10))
def test_nothing_near_is_left_out(name: str, known: str) -> None:
    """What is not compared would not have been near."""
    assert list(nearest(name, [known])) == difflib.get_close_matches(name, [known])

"""Known names close to one that is not known."""

import pytest

from bizrules.nearness import near_names, nearest

KNOWN = ("sold", "recalled", "recall_late")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("recaled", ("recalled", "recall_late")),
        ("xyz", ()),
        ("", ()),
        ("recalled" * 1000, ()),
    ],
)
def test_nearest(name: str, near: tuple[str, ...]) -> None:
    """Names are near if they look alike, the closest first; a whole file is near nothing."""
    assert nearest(name, KNOWN) == near
    assert nearest(name, reversed(KNOWN)) == near
    assert near_names(name, KNOWN) == ",".join(near)


def test_few() -> None:
    """At most five are named, and none where none is known."""
    assert len(nearest("fact", [f"fact{number}" for number in range(9)])) == 5
    assert nearest("fact", ()) == ()

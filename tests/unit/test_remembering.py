"""What was worked out once about an object."""

import gc
from weakref import ref

import attrs

from bizrules.remembering import Remembered


@attrs.frozen
class Thing:
    """Something that equals others of its name."""

    name: str


class TestRemembered:
    """What is worked out about an object is told again as long as the object lives."""

    def test_once(self) -> None:
        """An object is looked at once, however often it is asked about."""
        seen: list[str] = []

        def upper(thing: Thing) -> str:
            seen.append(thing.name)
            return thing.name.upper()

        names = Remembered[Thing, str](upper)
        one = Thing("a")
        assert [names(one), names(one)] == ["A", "A"]
        assert seen == ["a"]

    def test_objects_that_are_equal(self) -> None:
        """Objects are told apart by identity: equal ones need not mean the same."""
        lists = Remembered[Thing, list[int]](lambda _thing: [])
        one, other = Thing("a"), Thing("a")
        assert lists(one) is not lists(other)
        assert lists(one) is lists(one)

    def test_what_it_takes_besides(self) -> None:
        """What it takes besides the object is taken the first time."""
        sums = Remembered[Thing, int](lambda thing, number: len(thing.name) + number)
        one = Thing("ab")
        assert (sums(one, 3), sums(one, 3)) == (5, 5)

    def test_forgotten_with_the_object(self) -> None:
        """Nothing is kept of an object that is gone, and what was kept is gone with it."""
        kept = Remembered[Thing, Thing](lambda thing: Thing(thing.name * 2))
        one = Thing("a")
        found = ref(kept(one))
        assert len(kept) == 1
        del one
        gc.collect()
        assert len(kept) == 0
        assert found() is None

    def test_an_object_in_the_place_of_another(self) -> None:
        """An object that takes the place of one that is gone is looked at itself."""
        names = Remembered[Thing, str](lambda thing: thing.name)
        # Each is gone before the next is made, so that many of them stand at one address.
        assert [names(Thing(str(number))) for number in range(100)] == list(map(str, range(100)))
        assert len(names) == 0

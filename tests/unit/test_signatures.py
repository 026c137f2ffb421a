"""How all tests of a condition turn out, as one number."""

from itertools import product

import pytest

from bizrules.conditions import AllOf, AnyOf, Condition, Not, Op, PerKind
from bizrules.matching import View
from bizrules.signatures import MOST_KEPT, SIGNATURES, SignatureCache, compiled_tests
from property.worlds import check, is_true
from strategies import VOCABULARY

SOLD, RECALLED = is_true("sold"), is_true("recalled")


class TestSignatures:
    """Two bits for each test: that it holds, that it cannot be told."""

    @pytest.mark.parametrize(
        ("view", "number"),
        [
            ({}, 0b1010),
            ({"sold": True}, 0b1001),
            ({"sold": False, "recalled": True}, 0b0100),
            ({"sold": True, "recalled": True}, 0b0101),
        ],
    )
    def test_bits(self, view: View, number: int) -> None:
        """Equal tests are one, whatever stands around them."""
        condition = AllOf((SOLD, AnyOf((Not(RECALLED), SOLD))))
        assert SIGNATURES(condition, VOCABULARY, {})(view) == number

    @pytest.mark.parametrize("condition", [AllOf(()), AnyOf(()), Not(AllOf(()))])
    def test_no_test(self, condition: Condition) -> None:
        """What has no tests has but one signature."""
        assert SIGNATURES(condition, VOCABULARY, {})({"sold": True}) == 0

    def test_kinds(self) -> None:
        """Of what is tested per kind, the kinds are tests too."""
        condition = PerKind("goods_kind", (("leaf", SOLD), ("other", RECALLED)))
        kinds = [check("goods_kind", Op.IS, code) for code in ("leaf", "other")]
        assert list(compiled_tests(condition)) == [kinds[0], SOLD, kinds[1], RECALLED]

    @pytest.mark.parametrize("text", ["'", "c0", "k0') or exit('", "\\", "\n  return 7"])
    def test_text_is_no_code(self, text: str) -> None:
        """Text of a document is compared with, however much it looks like code."""
        test = check("licence_class", Op.IS, text)
        signature = SIGNATURES(test, VOCABULARY, {"licence_class": text})
        assert [signature(view) for view in ({text: text}, {text: "x"}, {})] == [1, 0, 2]


class TestSignatureCache:
    """A function of how the tests turn out is asked once for each way in which they do."""

    def test_asked_once(self) -> None:
        """The first view is not yet signed; after that, views that are alike are asked once."""
        asked: list[View] = []

        def say(view: View) -> bool:
            asked.append(view)
            return bool(view.get("sold"))

        said = SignatureCache(say, SOLD, VOCABULARY, {}).said
        views: list[View] = [{"sold": True}, {"sold": True, "staff": 3}, {}, {"staff": 4}]
        assert [said(view) for view in (*views, *views)] == [True, True, False, False] * 2
        assert asked == views[:3]

    def test_only_so_many_are_kept(self) -> None:
        """What is said of more ways than are kept is said each time, and said the same."""
        names = ("sold", "recalled", "incident", "minor")
        condition = AllOf(tuple(is_true(name) for name in names))
        ways = list(product((True, False, None), repeat=len(names)))
        views = [{n: v for n, v in zip(names, way, strict=True) if v is not None} for way in ways]
        asked: list[View] = []

        def say(view: View) -> int:
            asked.append(view)
            return len(view)

        said = SignatureCache(say, condition, VOCABULARY, {}).said
        rounds = [[said(view) for view in views] for _ in range(3)]
        assert rounds == [[len(view) for view in views]] * 3
        assert len(asked) == len(views) + 2 * (len(views) - MOST_KEPT)

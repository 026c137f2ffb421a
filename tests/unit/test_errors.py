from types import MappingProxyType

import attrs
import pytest

from bizrules import phrases
from bizrules.errors import (
    BizrulesError,
    CaseError,
    DocumentError,
    PluginError,
    Problem,
    ProblemsError,
    Severity,
    UnknownNameError,
    sort_problems,
)
from bizrules.provenance import Location

HERE = Location("rules.yaml", 3, 7, "$.rules[0].when")


def problem(**details: str) -> Problem:
    """An unknown fact with these details besides its name."""
    return Problem("unknown-fact", HERE, {"fact": "frist", **details})


class TestProblems:
    """A problem is fields first, prose last."""

    def test_text_in_both_languages(self) -> None:
        """The message is the phrase of the code, with the details filled in."""
        assert problem(near_names="").text() == "unknown fact `frist`"
        assert problem(near_names="").text("zh") == phrases.say(
            "problem.unknown-fact", "zh", fact="frist"
        )

    @pytest.mark.parametrize(
        ("details", "hint"),
        [
            ({}, "check the spelling"),
            ({"near_names": ""}, "check the spelling"),
            ({"near_names": "first"}, "did you mean `first`?"),
            ({"near_names": "first,fist"}, "did you mean `first` or `fist`?"),
            ({"near_names": "a, b, c"}, "did you mean `a`, `b` or `c`?"),
            ({"near_names": "a,b,c,d,e"}, "did you mean `a`, `b`, `c`, `d` or `e`?"),
            ({"near_names": "a,b,c,d,e,f"}, "did you mean `a`, `b`, `c`, `d`, `e`, …?"),
            ({"choices": "x,y"}, "write one of `x`, `y`"),
            ({"choices": "a,b,c,d,e,f,g"}, "write one of `a`, `b`, `c`, `d`, `e`, …"),
            ({"near_names": "", "choices": "x"}, "write one of `x`"),
            ({"near_names": "z", "choices": "x"}, "did you mean `z`?"),
            ({"near": "as given", "near_names": "z"}, "as given"),
        ],
    )
    def test_help_names_what_was_perhaps_meant(self, details: dict[str, str], hint: str) -> None:
        """Near names come before the list of choices, and at most five are named."""
        assert problem(**details).help() == hint

    def test_help_in_chinese(self) -> None:
        """The hint joins the names as the language does."""
        assert problem(near_names="first,fist").help("zh") == "是否指 `first` 或者 `fist`？"

    def test_details_that_are_phrases(self) -> None:
        """A detail that names a phrase is said in the language of the message."""
        found = Problem(
            "wrong-kind",
            HERE,
            {"fact": "harm", "test": "below", "kind_phrase": "kind.level", "tests": "is,in"},
        )
        assert phrases.say("kind.level", "en") in found.text("en")
        assert phrases.say("kind.level", "zh") in found.text("zh")
        assert found.help("en") == "tests that fit: `is`, `in`"
        assert found.help("zh") == "可用的检验：`is`、`in`"

    def test_rendered_in_two_lines(self) -> None:
        """Place, severity, code and message stand on the first line, the help on the second."""
        found = problem(near_names="first")
        assert str(found) == (
            "rules.yaml:3:7: error [unknown-fact] unknown fact `frist`\n"
            "    help: did you mean `first`?"
        )
        warning = attrs.evolve(found, severity=Severity.WARNING)
        assert warning.render("zh").startswith("rules.yaml:3:7: 提醒 [unknown-fact] ")

    def test_details_cannot_be_changed(self) -> None:
        """The details are a read-only copy of what was given."""
        given = {"fact": "frist"}
        found = Problem("unknown-fact", HERE, given)
        given["fact"] = "other"
        assert found.details == {"fact": "frist"}
        assert isinstance(found.details, MappingProxyType)
        assert hash(found) == hash(Problem("unknown-fact", HERE, {"fact": "frist"}))


class TestSorting:
    """Problems come in the order of the document, each once."""

    def test_order_and_uniqueness(self) -> None:
        """They are sorted by source, line, column, path and code, and repeats are dropped."""
        places = [
            Location("b.yaml", 1, 1),
            Location("a.yaml", 10, 1),
            Location("a.yaml", 9, 4, "$.y"),
            Location("a.yaml", 9, 4, "$.x"),
            Location("a.yaml", 9, 3),
        ]
        given = [Problem("value-missing", place) for place in places]
        again = [*given, Problem("document-empty", places[-1]), *given]
        found = sort_problems(again)
        assert [(p.location, p.code) for p in found] == [
            (places[4], "document-empty"),
            (places[4], "value-missing"),
            (places[3], "value-missing"),
            (places[2], "value-missing"),
            (places[1], "value-missing"),
            (places[0], "value-missing"),
        ]

    def test_same_place_other_details(self) -> None:
        """Two unknown facts at one place are two problems."""
        assert len(sort_problems([problem(near_names="a"), problem(near_names="b")])) == 2


class TestErrors:
    """Every error has the one root and carries fields."""

    @pytest.mark.parametrize("kind", [ProblemsError, DocumentError, CaseError])
    def test_carry_all_problems(self, kind: type[ProblemsError]) -> None:
        """All problems are carried and shown, sorted, and callers may expect a ValueError."""
        later = Problem("document-empty", Location("z.yaml"))
        error = kind([later, problem(near_names="")])
        assert error.problems == (problem(near_names=""), later)
        assert str(error) == f"{problem(near_names='')}\n{later}"
        assert isinstance(error, BizrulesError)
        assert isinstance(error, ValueError)

    def test_plugin_error(self) -> None:
        """A plugin error carries its code and details, and says them with advice."""
        error = PluginError("plugin-unknown-hook", plugin="x", hook="hok", near_names="hook")
        assert (error.code, error.details["hook"]) == ("plugin-unknown-hook", "hok")
        assert str(error) == (
            "the plugin `x` implements the unknown hook `hok`; did you mean `hook`?"
        )
        assert error.text("zh") == "插件 `x` 实现了未知的钩子 `hok`；是否指 `hook`？"
        assert isinstance(error, BizrulesError)

    @pytest.mark.parametrize(
        ("near", "shown"),
        [
            ((), "unknown fact `frist`"),
            (("first",), "unknown fact `frist`; did you mean `first`?"),
            (("first", "fist"), "unknown fact `frist`; did you mean `first`, `fist`?"),
        ],
    )
    def test_unknown_name(self, near: tuple[str, ...], shown: str) -> None:
        """An unknown name is a KeyError that reads as a sentence."""
        error = UnknownNameError("fact", "frist", near)
        assert str(error) == shown
        assert (error.what, error.name, error.near) == ("fact", "frist", near)
        assert isinstance(error, KeyError)
        assert isinstance(error, BizrulesError)

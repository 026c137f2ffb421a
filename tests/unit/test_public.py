"""The public surface of the package, and the hooks as documented."""

import inspect
import re
from pathlib import Path

import pytest

import bizrules
from bizrules import hookspecs, matters

PUBLIC = [
    "Act",
    "BizrulesError",
    "Case",
    "CaseError",
    "Citation",
    "DocumentError",
    "Engine",
    "Finding",
    "Fine",
    "Grade",
    "MatterOutcome",
    "Modality",
    "Money",
    "Outcome",
    "Party",
    "PluginError",
    "Prior",
    "Priors",
    "Problem",
    "Question",
    "Truth",
    "UnknownNameError",
    "default_engine",
    "evaluate",
    "evaluate_matter",
    "explain",
    "explain_matter",
    "hookimpl",
    "matter_from_plain",
    "matter_to_plain",
    "outcome_from_plain",
    "to_plain",
]
DOCS = Path(__file__).parents[2] / "docs"


class TestNames:
    """What the root exports is what is written here."""

    def test_list(self) -> None:
        """The names are those of the checked-in list, sorted."""
        assert bizrules.__all__ == PUBLIC
        assert dir(bizrules) == PUBLIC

    @pytest.mark.parametrize("name", PUBLIC)
    def test_each_is_there(self, name: str) -> None:
        """Every name can be had, has a docstring, and is not a module."""
        found = getattr(bizrules, name)
        assert not inspect.ismodule(found)
        assert found.__doc__

    def test_unknown_name(self) -> None:
        """Another name is refused as by any module."""
        with pytest.raises(AttributeError, match="no attribute `evalute`"):
            _ = bizrules.evalute


class TestMatters:
    """The types of what a joint outcome holds are public in their module."""

    @pytest.mark.parametrize("name", matters.__all__)
    def test_documented(self, name: str) -> None:
        """Each is named on the page about matters and has a docstring."""
        page = (DOCS / "explanation" / "concurrence.md").read_text(encoding="utf-8")
        assert f"`{name}`" in page
        assert getattr(matters, name).__doc__

    def test_list(self) -> None:
        """They are those that the root does not export, and the joint outcome itself."""
        assert matters.__all__ == [
            "ActOutcome",
            "Basis",
            "FineSum",
            "MatterOutcome",
            "Part",
            "Role",
        ]


class TestHooks:
    """The page on hooks shows each hook with its exact signature."""

    @pytest.mark.parametrize(
        "name", [name for name in vars(hookspecs) if name.startswith("bizrules_")]
    )
    def test_documented(self, name: str) -> None:
        """There is a heading with the signature."""
        page = (DOCS / "reference" / "hooks.md").read_text(encoding="utf-8")
        spec = getattr(hookspecs, name)
        returned = inspect.formatannotation(inspect.signature(spec).return_annotation)
        returned = re.sub(r"[a-z._]+[.](?=[A-Z])", "", returned)
        assert f"\n## `{name}() -> {returned}`\n" in page

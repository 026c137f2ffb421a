"""The hooks of plugins are typed, described and documented."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pluggy
import pytest

from bizrules import hookspecs
from bizrules.plugins import build_manager, installed_plugins

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "hooks.md"
SPECS: dict[str, Callable[[], object]] = {
    name: spec for name, spec in vars(hookspecs).items() if name.startswith("bizrules_")
}


def heading(name: str) -> str:
    """The heading that the documentation must have: name and signature, without modules."""
    signature = str(inspect.signature(SPECS[name]))
    return f"## `{name}{re.sub(r'[a-z._]+[.](?=[A-Z])', '', signature)}`"


def test_there_are_hooks() -> None:
    """Five hooks make a plugin; a new one has to be listed here, and documented."""
    assert sorted(SPECS) == [
        "bizrules_derivations",
        "bizrules_documents",
        "bizrules_format",
        "bizrules_region",
        "bizrules_zones",
    ]


def test_the_manager_knows_them_and_no_other() -> None:
    """Every hook of the manager has a specification, and every specification is a hook."""
    manager = build_manager()
    hooks = [name for name in vars(manager.hook) if name.startswith("bizrules_")]
    assert sorted(hooks) == sorted(SPECS)
    assert all(getattr(manager.hook, name).spec is not None for name in hooks)
    assert manager.get_plugins() == set()


@pytest.mark.parametrize("name", SPECS)
class TestSpecification:
    """Each hook says when it is called and what to return."""

    def test_data_first(self, name: str) -> None:
        """No hook is handed anything, so none can see or edit an outcome."""
        signature = inspect.signature(SPECS[name])
        assert not signature.parameters
        assert signature.return_annotation is not inspect.Signature.empty

    def test_all_answers_count(self, name: str) -> None:
        """No hook stops at the first answer or keeps a history."""
        spec = getattr(build_manager().hook, name).spec
        assert not spec.opts["firstresult"]
        assert not spec.opts["historic"]

    def test_docstring(self, name: str) -> None:
        """It says when it is called, and what None means or that an answer is required."""
        text = inspect.getdoc(SPECS[name]) or ""
        assert "Called once when an engine is built" in text
        assert "None" in text or "Required" in text

    def test_documentation(self, name: str) -> None:
        """The reference has a heading with the exact signature."""
        assert heading(name) in DOCS.read_text(encoding="utf-8").splitlines()

    def test_a_real_package_uses_it(self, name: str) -> None:
        """Some package of this repository implements it, and the reference names one."""
        users = [plugin.name for plugin in installed_plugins() if name in plugin.hooks]
        section = DOCS.read_text(encoding="utf-8").partition(heading(name))[2]
        section = section.partition("\n## ")[0]
        assert [user for user in users if f"`{user}`" in section]


def test_the_reference_tells_of_no_other_hook() -> None:
    """A hook that is gone is gone from the reference too."""
    told = re.findall(r"^## `(bizrules_\w+)", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(told) == sorted(SPECS)


def test_implementations_are_marked() -> None:
    """The marker of the library is what its manager looks for."""

    class Module:
        """A plugin with one hook."""

        @hookspecs.hookimpl
        def bizrules_region(self) -> str:
            """Name a region."""
            return "530103"

    manager = build_manager()
    manager.register(Module())
    manager.check_pending()
    assert manager.hook.bizrules_region() == ["530103"]
    assert isinstance(hookspecs.hookimpl, pluggy.HookimplMarker)

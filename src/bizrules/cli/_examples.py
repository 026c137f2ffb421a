"""Golden cases that show a rule: found beside it, by what they expect."""

from collections.abc import Iterator
from pathlib import Path

from bizrules._yaml import read_file
from bizrules.cli._inputs import files_in
from bizrules.engine import Engine, core_rulesets
from bizrules.errors import DocumentError
from bizrules.rules import Rule


def examples_of(rule: Rule, engine: Engine) -> tuple[tuple[str, bool], ...]:
    """The golden cases of the rule's own package that name it, those in which it holds first.

    Args:
        rule: The rule.
        engine: The engine that loaded it.
    """
    if rule.location is None:
        return ()
    source = Path(rule.location.source)
    found = (
        one
        for file in files_in(_home(source, engine))
        if _mentions(file, rule.id)
        for one in _named(file, rule.id)
    )
    return tuple(sorted(found, key=lambda one: not one[1]))


def _home(source: Path, engine: Engine) -> Path:
    """The folder of the package that the file belongs to, or the folder it lies in."""
    shipped = (folder for plugin in engine.plugins for folder in plugin.documents)
    homes = (folder for folder in (core_rulesets(), *shipped) if source.is_relative_to(folder))
    return next(homes, source.parent)


def _mentions(file: Path, rule_id: str) -> bool:
    """Whether the text of the file has the id; reading it as a document takes far longer."""
    try:
        return rule_id.encode() in file.read_bytes()
    except OSError:
        return False


def _named(file: Path, rule_id: str) -> Iterator[tuple[str, bool]]:
    try:
        (document,) = read_file(file)
    except DocumentError:
        return
    data = document.data
    if not isinstance(data, dict) or data.get("document") != "golden":
        return
    cases = data.get("cases")
    for case in cases if isinstance(cases, list) else ():
        expect = case.get("expect") if isinstance(case, dict) else None
        if isinstance(expect, dict):
            for key in ("holds", "fails"):
                if rule_id in (expect.get(key) or ()):
                    yield str(case.get("id")), key == "holds"

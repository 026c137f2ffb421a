"""Names given on the command line, looked up in the engine; names near an unknown one are told."""

from bizrules.engine import Engine
from bizrules.errors import UnknownNameError
from bizrules.facts import Fact
from bizrules.nearness import nearest
from bizrules.rules import Effect, Violation


def known_violation(engine: Engine, name: str) -> Violation:
    """A violation of the catalogue.

    Raises:
        UnknownNameError: If there is none of that id.
    """
    if name not in engine.violations:
        raise UnknownNameError("violation", name, nearest(name, engine.violations))
    return engine.violations[name]


def known_fact(engine: Engine, name: str) -> Fact:
    """A fact of the vocabulary.

    Raises:
        UnknownNameError: If there is none of that name.
    """
    if name not in engine.vocabulary:
        raise UnknownNameError("fact", name, nearest(name, engine.vocabulary.facts))
    return engine.vocabulary[name]


def known_list(engine: Engine, name: str) -> str:
    """Id, effect or printed name of a list.

    Raises:
        UnknownNameError: If no list is called so.
    """
    kinds = [kind for ruleset in engine.rulesets for kind in ruleset.lists.values()]
    names = {text for kind in kinds for text in (kind.id, kind.name.zh, kind.name.en)}
    names |= {effect.value for effect in Effect}
    if name not in names:
        raise UnknownNameError("list", name, nearest(name, names))
    return name


def known_department(engine: Engine, code: str) -> str:
    """The code of a department that the catalogue or a rule names.

    Raises:
        UnknownNameError: If neither does.
    """
    codes = {violation.department for violation in engine.violations.values()}
    for ruleset in engine.rulesets:
        if ruleset.department is not None:
            codes.add(ruleset.department)
        for rule in ruleset.rules:
            codes |= rule.departments or frozenset()
    if code not in codes:
        raise UnknownNameError("department", code, nearest(code, codes))
    return code


def known_region(engine: Engine, code: str) -> str:
    """The code of a region.

    Raises:
        UnknownNameError: If there is none of that code.
    """
    if code not in engine.regions:
        near = tuple(f"{region.code} {region.zh}" for region in engine.regions.near(code))
        raise UnknownNameError("region", code, near)
    return code

"""Which entry of one view is which of another."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TypeAlias

from bizrules.analysis._views import View
from bizrules.rules import Rule, Ruleset

Pair: TypeAlias = tuple[Rule | None, Rule | None]
"""An entry as it was and as it is; None where it was not yet, or is no longer."""


def pairs(old: View, new: View) -> Iterator[Pair]:
    """The entries of both views: those of the new one in their order, then those that are gone.

    Versions of one entry belong together by what they replace; else entries of one id do. Between
    two rulesets these are ids inside them, and then entries with the same printed number about the
    same violations; but before all that entries with the same title, for articles are renumbered.
    """
    found: dict[str, Rule] = {}
    for key in _keys(old, new):
        taken = {rule.id for rule in found.values()}
        left = _unique((rule for rule in old.rules if rule.id not in taken), key(old.ruleset))
        right = _unique((rule for rule in new.rules if rule.id not in found), key(new.ruleset))
        found |= {rule.id: left[name] for name, rule in right.items() if name in left}
    yield from ((found.get(rule.id), rule) for rule in new.rules)
    gone = {rule.id for rule in old.rules} - {rule.id for rule in found.values()}
    yield from ((rule, None) for rule in old.rules if rule.id in gone)


_Key: TypeAlias = Callable[[Rule], Hashable | None]


def _keys(old: View, new: View) -> tuple[Callable[[Ruleset], _Key], ...]:
    if old.ruleset.id == new.ruleset.id:
        return (_by_origin,)
    return (_by_title, _by_local_id, _by_origin, _by_entry)


def _by_origin(ruleset: Ruleset) -> _Key:
    """The first version of the entry."""
    earlier = {rule.id: rule.replaces for rule in ruleset.rules}

    def key(rule: Rule) -> str:
        found = rule.id
        # A circle of replacements has no first version, and no end.
        for _ in earlier:
            before = earlier.get(found)
            if before is None:
                break
            found = before
        return _local(found)

    return key


def _by_title(_ruleset: Ruleset) -> _Key:
    return lambda rule: (rule.axis, rule.title.zh)


def _by_local_id(_ruleset: Ruleset) -> _Key:
    return lambda rule: (rule.axis, _local(rule.id))


def _by_entry(_ruleset: Ruleset) -> _Key:
    """The printed number with the violations, where an entry has both."""

    def key(rule: Rule) -> Hashable | None:
        if rule.entry is None or rule.violations is None:
            return None
        return rule.axis, rule.entry, rule.violations

    return key


def _local(rule_id: str) -> str:
    return rule_id.partition("/")[2]


def _unique(rules: Iterable[Rule], key: _Key) -> Mapping[Hashable, Rule]:
    """The rules by their key, without those that share one."""
    by_key: dict[Hashable, list[Rule]] = {}
    for rule in rules:
        name = key(rule)
        if name is not None:
            by_key.setdefault(name, []).append(rule)
    return {name: found[0] for name, found in by_key.items() if len(found) == 1}

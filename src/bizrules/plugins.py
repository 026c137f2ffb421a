"""Plugins: found by their entry points, checked, and asked what they contribute."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from inspect import Parameter, signature
from pathlib import Path
from types import ModuleType
from typing import Final, TypeVar

import attrs
import pluggy

from bizrules import hookspecs
from bizrules.derivation import Derivation
from bizrules.errors import PluginError
from bizrules.regions import Region

GROUP: Final = "bizrules"
_T = TypeVar("_T")


@attrs.frozen(kw_only=True)
class Plugin:
    """An installed package of rules (规则包).

    Attributes:
        name: Name of the distribution, or of the module if it is none.
        version: Its version.
        region: GB/T 2260 code of its own region.
        documents: Files and folders it ships.
        derivations: Derived facts it adds.
        zones: Functional zones it declares.
        hooks: Names of the hooks it implements.
    """

    name: str
    version: str
    region: str
    documents: tuple[Path, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    zones: tuple[Region, ...] = ()
    hooks: tuple[str, ...] = ()


def build_manager() -> pluggy.PluginManager:
    """A new manager that knows the hooks and no plugin."""
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    return manager


def installed_plugins() -> tuple[Plugin, ...]:
    """Every installed plugin, by name.

    Raises:
        PluginError: If one cannot be imported, misspells a hook, fails in a hook, names no region
            or contributes nothing.
    """
    # Not by pluggy, which passes over a second entry point of the same name.
    entries = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    return read_plugins([_load(entry) for entry in entries])


def _load(entry: EntryPoint) -> tuple[str, str, object]:
    name = entry.dist.name if entry.dist else entry.name
    version = entry.dist.version if entry.dist else ""
    return name, version, _ask(name, "import", entry.load)


def read_plugins(plugins: Iterable[tuple[str, str, object]]) -> tuple[Plugin, ...]:
    """What plugins contribute, by name.

    Args:
        plugins: Name, version and module (or object) of each.

    Raises:
        PluginError: As `installed_plugins`.
    """
    return tuple(
        _read(name, version, plugin)
        for name, version, plugin in sorted(plugins, key=lambda named: named[0])
    )


def _read(name: str, version: str, plugin: object) -> Plugin:
    """One plugin, asked on its own so that an error names it."""
    manager = build_manager()
    _refuse_unfit_hooks(manager, plugin, name)
    manager.register(plugin, name)
    callers = manager.get_hookcallers(plugin) or []
    hook = manager.hook
    regions = _ask(name, "bizrules_region", hook.bizrules_region)
    documents = _gather(name, "bizrules_documents", hook.bizrules_documents, Path)
    derivations = _gather(name, "bizrules_derivations", hook.bizrules_derivations, Derivation)
    zones = _gather(name, "bizrules_zones", hook.bizrules_zones, Region)
    if not documents and not derivations:
        raise PluginError("plugin-empty", plugin=name)
    if not regions:
        raise PluginError("plugin-no-region", plugin=name)
    return Plugin(
        name=name,
        version=version,
        region=str(regions[0]),
        documents=documents,
        derivations=derivations,
        zones=zones,
        hooks=tuple(sorted(caller.name for caller in callers)),
    )


def _refuse_unfit_hooks(manager: pluggy.PluginManager, plugin: object, name: str) -> None:
    """Refuse what would be silent or have an order: unknown and unmarked hooks, options."""
    known = _known_hooks()
    marked = [other for other in dir(plugin) if _options(manager, plugin, other) is not None]
    for hook in sorted({*marked, *_hook_like(plugin)}):
        if hook not in known or hook not in marked:
            near = ", ".join(get_close_matches(hook, known, n=5))
            raise PluginError("plugin-unknown-hook", plugin=name, hook=hook, near_names=near)
        if any((_options(manager, plugin, hook) or {}).values()) or _parameters(plugin, hook):
            reason = "a hook takes no arguments and its marker no options"
            raise PluginError("plugin-broken", plugin=name, hook=hook, reason=reason)


def _options(
    manager: pluggy.PluginManager, plugin: object, name: str
) -> Mapping[str, object] | None:
    """Options of the marker; None if the attribute is not marked as a hook."""
    return manager.parse_hookimpl_opts(plugin, name)


def _parameters(plugin: object, hook: str) -> Mapping[str, Parameter]:
    return signature(getattr(plugin, hook)).parameters


def _hook_like(plugin: object) -> list[str]:
    names = vars(plugin) if isinstance(plugin, ModuleType) else dir(plugin)
    return [
        name
        for name in sorted(names)
        if name.startswith("bizrules_") and callable(getattr(plugin, name))
    ]


def _known_hooks() -> list[str]:
    return sorted(name for name in vars(hookspecs) if name.startswith("bizrules_"))


def _ask(plugin: str, hook: str, call: Callable[[], _T]) -> _T:
    try:
        return call()
    except Exception as error:  # a plugin may fail in any way; the error names it
        raise PluginError(
            "plugin-broken", plugin=plugin, hook=hook, reason=f"{type(error).__name__}: {error}"
        ) from error


def _gather(
    plugin: str, hook: str, call: Callable[[], list[Iterable[object]]], kind: type[_T]
) -> tuple[_T, ...]:
    """All that a hook returns; a generator runs here, so that its failure is the hook's too."""

    def collect() -> tuple[_T, ...]:
        found = []
        for item in (item for answer in call() for item in answer):
            if not isinstance(item, kind):
                msg = f"`{item}` is no {kind.__name__}"
                raise TypeError(msg)
            found.append(item)
        return tuple(found)

    return _ask(plugin, hook, collect)

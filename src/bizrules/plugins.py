"""Plugins: found by their entry points, checked, and asked what they contribute."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar

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
        PluginError: If one misspells a hook, fails in a hook, names no region or contributes
            nothing.
    """
    manager = build_manager()
    manager.load_setuptools_entrypoints(GROUP)
    distributions = {id(plugin): dist for plugin, dist in manager.list_plugin_distinfo()}
    named = [
        _named(plugin, name, distributions.get(id(plugin)))
        for name, plugin in manager.list_name_plugin()
        if plugin is not None
    ]
    return read_plugins(named)


def _named(plugin: object, name: str, dist: Any) -> tuple[str, str, object]:  # noqa: ANN401 - pluggy wraps it
    if dist is None:
        return name, "", plugin
    return str(dist.metadata["name"]), str(dist.version), plugin


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
    manager.register(plugin, name)
    _refuse_unknown_hooks(manager, plugin, name)
    callers = manager.get_hookcallers(plugin) or []
    hooks = tuple(sorted(caller.name for caller in callers))
    regions = _ask(name, "bizrules_region", manager.hook.bizrules_region)
    documents = _flat(_ask(name, "bizrules_documents", manager.hook.bizrules_documents))
    derivations = _flat(_ask(name, "bizrules_derivations", manager.hook.bizrules_derivations))
    zones = _flat(_ask(name, "bizrules_zones", manager.hook.bizrules_zones))
    if not documents and not derivations:
        raise PluginError("plugin-empty", plugin=name)
    if not regions:
        raise PluginError("plugin-no-region", plugin=name)
    return Plugin(
        name=name,
        version=version,
        region=str(regions[0]),
        documents=tuple(Path(path) for path in documents),
        derivations=tuple(derivations),
        zones=tuple(zones),
        hooks=hooks,
    )


def _refuse_unknown_hooks(manager: pluggy.PluginManager, plugin: object, name: str) -> None:
    try:
        manager.check_pending()
    except pluggy.PluginValidationError:
        known = _known_hooks()
        unknown = [hook for hook in _marked(manager, plugin) if hook not in known]
        hook = unknown[0] if unknown else ""
        near = ", ".join(get_close_matches(hook, known, n=5))
        raise PluginError("plugin-unknown-hook", plugin=name, hook=hook, near_names=near) from None
    # A function with the prefix but without the marker would be silent: refuse it too.
    known = _known_hooks()
    for attribute in _hook_like(plugin):
        if attribute not in known or not _is_marked(manager, plugin, attribute):
            near = ", ".join(get_close_matches(attribute, known, n=5))
            raise PluginError("plugin-unknown-hook", plugin=name, hook=attribute, near_names=near)


def _hook_like(plugin: object) -> list[str]:
    names = vars(plugin) if isinstance(plugin, ModuleType) else dir(plugin)
    return [
        name
        for name in sorted(names)
        if name.startswith("bizrules_") and callable(getattr(plugin, name))
    ]


def _known_hooks() -> list[str]:
    return sorted(name for name in vars(hookspecs) if name.startswith("bizrules_"))


def _marked(manager: pluggy.PluginManager, plugin: object) -> list[str]:
    return [name for name in dir(plugin) if _is_marked(manager, plugin, name)]


def _is_marked(manager: pluggy.PluginManager, plugin: object, name: str) -> bool:
    return manager.parse_hookimpl_opts(plugin, name) is not None


def _ask(plugin: str, hook: str, call: Callable[[], list[_T]]) -> list[_T]:
    try:
        return call()
    except Exception as error:  # a plugin may fail in any way; the error names it
        raise PluginError(
            "plugin-broken", plugin=plugin, hook=hook, reason=f"{type(error).__name__}: {error}"
        ) from error


def _flat(answers: list[Iterable[_T]]) -> list[_T]:
    return [item for answer in answers for item in answer]

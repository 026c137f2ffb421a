"""Plugins: found by their entry points, checked, and asked what they contribute.

Before a plugin is imported its requirement on the library is read, so that a plugin for another
version is told from one that is broken.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from inspect import Parameter, signature
from pathlib import Path
from types import ModuleType
from typing import Final, TypeVar

import attrs
import pluggy
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from bizrules import hookspecs
from bizrules.derivation import Derivation
from bizrules.documents import FORMAT
from bizrules.errors import PluginError
from bizrules.nearness import near_names
from bizrules.regions import Region

GROUP: Final = "bizrules"
# Operators whose version has to be reached; the others are upper limits and exceptions.
_LOWER: Final = frozenset({">=", ">", "~=", "=="})
_T = TypeVar("_T")


@attrs.frozen(kw_only=True)
class Plugin:
    """An installed package of rules (规则包).

    Attributes:
        name: Name of the distribution, or of the module if it is none.
        version: Its version.
        region: GB/T 2260 code of its own region.
        fits: Versions of the library it fits, as it requires them; empty if it is no distribution.
        format: Format of documents it is written for.
        documents: Files and folders it ships.
        derivations: Derived facts it adds.
        zones: Functional zones it declares.
        hooks: Names of the hooks it implements.
    """

    name: str
    version: str
    region: str
    fits: str = ""
    format: int = int(FORMAT)
    documents: tuple[Path, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    zones: tuple[Region, ...] = ()
    hooks: tuple[str, ...] = ()


def build_manager() -> pluggy.PluginManager:
    """A new manager that knows the hooks and no plugin."""
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    return manager


@attrs.frozen
class _Found:
    """A plugin before it is asked: who it is, what it fits, and where its hooks are."""

    name: str
    version: str
    hooks: object
    fits: str = ""


def installed_plugins() -> tuple[Plugin, ...]:
    """Every installed plugin, by name.

    Raises:
        PluginError: If one does not fit this version of the library or does not say which it
            fits, cannot be imported, misspells a hook, fails in a hook, names no region or
            contributes nothing.
    """
    # Not by pluggy, which passes over a second entry point of the same name.
    entries = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    return _read_all(_load(entry) for entry in entries)


def installed_plugin(name: str) -> Plugin | None:
    """The installed plugin of that name, none of the others being imported; None without one.

    Raises:
        PluginError: As `installed_plugins`.
    """
    for entry in entry_points(group=GROUP):
        if (entry.dist.name if entry.dist else entry.name) == name:
            return _read(_load(entry))
    return None


def _load(entry: EntryPoint) -> _Found:
    name = entry.dist.name if entry.dist else entry.name
    version = entry.dist.version if entry.dist else ""
    fits = _required(name, entry.dist.requires or ()) if entry.dist else None
    if fits is not None:
        _refuse_unfit_version(name, version, fits)
    return _Found(name, version, _ask(name, "import", entry.load), str(fits or ""))


def _required(plugin: str, requirements: Iterable[str]) -> SpecifierSet:
    """The versions of the library that a distribution requires, without its extras."""
    found = []
    for text in requirements:
        try:
            one = Requirement(text)
        except InvalidRequirement:
            continue  # what installers could not read has no bearing on the library
        wanted = one.marker is None or one.marker.evaluate({"extra": ""})
        if canonicalize_name(one.name) == GROUP and wanted:
            found.append(one.specifier)
    fits = SpecifierSet(",".join(str(one) for one in found if one))
    if not any(one.operator in _LOWER for one in fits):
        raise PluginError("plugin-no-requirement", plugin=plugin, core=_core_version() or "0")
    return fits


def _refuse_unfit_version(plugin: str, version: str, fits: SpecifierSet) -> None:
    """Say which of the two has to be upgraded, and to which version."""
    core = _core_version()
    if core is None or fits.contains(core, prereleases=True):
        return
    lower = [Version(one.version.removesuffix(".*")) for one in fits if one.operator in _LOWER]
    code = "plugin-needs-newer-core" if Version(core) <= max(lower) else "plugin-needs-older-core"
    raise PluginError(code, plugin=plugin, version=version, fits=str(fits), core=core)


def _core_version() -> str | None:
    """Version of the library; None in a tree that is not installed."""
    try:
        return version(GROUP)
    except PackageNotFoundError:
        return None


def read_plugins(plugins: Iterable[tuple[str, str, object]]) -> tuple[Plugin, ...]:
    """What plugins contribute, by name.

    Args:
        plugins: Name, version and module (or object) of each.

    Raises:
        PluginError: As `installed_plugins`, without the versions of the library.
    """
    return _read_all(_Found(*one) for one in plugins)


def _read_all(plugins: Iterable[_Found]) -> tuple[Plugin, ...]:
    return tuple(_read(one) for one in sorted(plugins, key=lambda one: one.name))


def _read(found: _Found) -> Plugin:
    """One plugin, asked on its own so that an error names it."""
    name, plugin = found.name, found.hooks
    manager = build_manager()
    _refuse_unfit_hooks(manager, plugin, name)
    manager.register(plugin, name)
    callers = manager.get_hookcallers(plugin) or []
    hook = manager.hook
    formats = _ask(name, "bizrules_format", hook.bizrules_format)
    _refuse_unfit_format(found, formats)
    regions = _ask(name, "bizrules_region", hook.bizrules_region)
    documents = _gather(name, "bizrules_documents", hook.bizrules_documents, Path)
    derivations = _gather(name, "bizrules_derivations", hook.bizrules_derivations, Derivation)
    zones = _gather(name, "bizrules_zones", hook.bizrules_zones, Region)
    if not documents and not derivations:
        raise PluginError("plugin-empty", plugin=name)
    if not regions:
        raise PluginError("plugin-no-region", plugin=name)
    if not formats:
        raise PluginError("plugin-no-format", plugin=name, known=FORMAT)
    return Plugin(
        name=name,
        version=found.version,
        region=str(regions[0]),
        fits=found.fits,
        format=formats[0],
        documents=documents,
        derivations=derivations,
        zones=zones,
        hooks=tuple(sorted(caller.name for caller in callers)),
    )


def _refuse_unfit_format(found: _Found, formats: Sequence[object]) -> None:
    """Refuse a plugin written for a format that this version of the library does not read."""
    for answer in formats:
        if not isinstance(answer, int) or isinstance(answer, bool):
            reason = f"TypeError: `{answer}` is no number of a format"
            hook = "bizrules_format"
            raise PluginError("plugin-broken", plugin=found.name, hook=hook, reason=reason)
        if answer != int(FORMAT):
            newer = answer > int(FORMAT)
            raise PluginError(
                "plugin-newer-format" if newer else "plugin-older-format",
                plugin=found.name,
                version=found.version,
                found=str(answer),
                known=FORMAT,
                core=_core_version() or "0",
            )


def _refuse_unfit_hooks(manager: pluggy.PluginManager, plugin: object, name: str) -> None:
    """Refuse what would be silent or have an order: unknown and unmarked hooks, options."""
    known = _known_hooks()
    marked = [other for other in dir(plugin) if _options(manager, plugin, other) is not None]
    for hook in sorted({*marked, *_hook_like(plugin)}):
        if hook in known and hook not in marked:
            raise PluginError("plugin-unmarked-hook", plugin=name, hook=hook)
        if hook not in known:
            near = near_names(hook, known)
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

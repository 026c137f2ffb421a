"""Hooks of plugins: typed specifications, data first.

A plugin contributes documents, derivations and zones; no hook sees or edits an outcome. The order
in which plugins are called has no meaning.
"""

from collections.abc import Iterable
from pathlib import Path

import pluggy

from bizrules.derivation import Derivation
from bizrules.regions import Region

hookspec = pluggy.HookspecMarker("bizrules")
hookimpl = pluggy.HookimplMarker("bizrules")


@hookspec
def bizrules_format() -> int:  # type: ignore[empty-body]
    """Format of documents the plugin is written for, as its documents say in `format:`.

    Called once when an engine is built, before the other hooks. Required: a library that does not
    read this format says which of the two has to be upgraded.
    """


@hookspec
def bizrules_region() -> str:  # type: ignore[empty-body]
    """GB/T 2260 code of the plugin's own region.

    Called once when an engine is built. Required: a plugin ships rulesets only for this region
    and the places inside it.
    """


@hookspec
def bizrules_documents() -> Iterable[Path]:  # type: ignore[empty-body]
    """Files and folders with the plugin's documents: vocabularies, violations, rulesets, goldens.

    Called once when an engine is built. Folders are read with everything below them. None or
    nothing means that the plugin contributes no documents.
    """


@hookspec
def bizrules_derivations() -> Iterable[Derivation]:  # type: ignore[empty-body]
    """Derived facts in Python: pure functions of the case that name what they read.

    Called once when an engine is built. Each fact must be declared in the plugin's vocabulary
    with `derived:` and the same name. None means that there are none.
    """


@hookspec
def bizrules_zones() -> Iterable[Region]:  # type: ignore[empty-body]
    """Functional zones (功能区) that have no code of their own in GB/T 2260, with their parents.

    Called once when an engine is built. None means that there are none.
    """

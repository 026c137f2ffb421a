"""Bundles: knowledge in one file, which loads fast and can be proved unchanged.

A bundle is data. Reading one never runs code from it: derived facts in Python are named in it, and
come from the installed package that ships them.
"""

from bizrules.bundles._cache import cache_folder, kept
from bizrules.bundles._manifest import FORMAT, Manifest, PackageEntry, RulesetEntry, Section
from bizrules.bundles._places import naming
from bizrules.bundles._reading import (
    Bundle,
    BundleSource,
    file_bytes,
    open_bundle,
    read_all,
    signed_anew,
)
from bizrules.bundles._signing import KeyFile, Signature
from bizrules.bundles._tables import plain_data
from bizrules.bundles._writing import Making, bundle_of, cut

__all__ = [
    "FORMAT",
    "Bundle",
    "BundleSource",
    "KeyFile",
    "Making",
    "Manifest",
    "PackageEntry",
    "RulesetEntry",
    "Section",
    "Signature",
    "bundle_of",
    "cache_folder",
    "cut",
    "file_bytes",
    "kept",
    "naming",
    "open_bundle",
    "plain_data",
    "read_all",
    "signed_anew",
]

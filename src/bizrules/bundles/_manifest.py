"""The manifest of a bundle: what it holds, who made it, and the digests that prove it."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

import attrs

from bizrules.regions import Region

FORMAT: Final = 1
"""Number of the format of bundles; another one is refused."""

KIND: Final = "bizrules bundle"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "signature.json"

_CLOSE: Final = b"\n}\n"
_SEAL: Final = b',\n "digest": "%s"\n}\n'
_DIGITS: Final = 64


@attrs.frozen(kw_only=True)
class Section:
    """A part of a bundle.

    Attributes:
        name: Name of its entry in the file.
        bytes: Its length.
        sha256: SHA-256 of its bytes.
        head: Length of its head, packed.
        content: Length of its records, unpacked.
        records: How many records it has.
    """

    name: str
    bytes: int
    sha256: str
    head: int
    content: int
    records: int


@attrs.frozen(kw_only=True)
class RulesetEntry:
    """A ruleset of a bundle.

    Attributes:
        id: Its id.
        version: Its version.
        region: Where it applies.
        department: For which department; None for all.
        plugin: The package that ships it.
        digest: SHA-256 of its content, as in receipts.
        rules: How many rules it has.
        section: Name of the section with its rules.
    """

    id: str
    version: str
    region: str
    department: str | None = None
    plugin: str
    digest: str
    rules: int
    section: str


@attrs.frozen(kw_only=True)
class PackageEntry:
    """A package of rules whose documents are in a bundle.

    Attributes:
        name: Its name.
        version: Its version.
        region: Its region.
        fits: Versions of the library it fits.
        format: Format of its documents.
        zones: Functional zones it declares.
        hooks: Hooks it implements.
        derivations: Facts that it derives in Python, which no bundle holds: the package itself,
            in this version, has to be installed where the bundle is used.
    """

    name: str
    version: str
    region: str
    fits: str = ""
    format: int
    zones: tuple[Region, ...] = ()
    hooks: tuple[str, ...] = ()
    derivations: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Manifest:
    """What a bundle holds.

    Attributes:
        kind: That it is a bundle.
        format: Format of the bundle.
        built_by: Version of the library that built it.
        needs: Versions of the library that can read it.
        knowledge: SHA-256 over vocabulary, violations and rulesets, as in receipts.
        region: The place it was cut down to; None if it holds every place that was loaded.
        goldens: Whether golden cases are in it.
        made_of: Digest of the documents, in an entry of the cache.
        digests: SHA-256 of each document, by its id.
        packages: Packages of rules.
        rulesets: Rulesets, by id.
        sections: All other entries of the file but the signature, in order.
        digest: SHA-256 of the bytes of the manifest without this.
    """

    kind: str
    format: int
    built_by: str
    needs: str
    knowledge: str
    region: str | None = None
    goldens: bool = False
    made_of: str | None = None
    digests: Mapping[str, str]
    packages: tuple[PackageEntry, ...] = ()
    rulesets: tuple[RulesetEntry, ...] = ()
    sections: tuple[Section, ...]
    digest: str = ""

    @property
    def rules(self) -> int:
        """How many rules there are."""
        return sum(one.rules for one in self.rulesets)


def needed(version: str) -> str:
    """Versions that can read what this one builds: they know at least what it knew."""
    return f">={version}"


def sealed(text: bytes) -> bytes:
    """The bytes of a manifest with their digest, which stands last.

    Args:
        text: The manifest without it.
    """
    return text.removesuffix(_CLOSE) + _SEAL % digest_of(text).encode()


def is_sealed(data: bytes) -> bool:
    """Whether the bytes of a manifest are those of which it holds the digest."""
    return data == sealed(data[: -len(_SEAL % bytes(_DIGITS))] + _CLOSE)


def digest_of(data: bytes | memoryview) -> str:
    """SHA-256 in hexadecimal digits."""
    return sha256(data).hexdigest()

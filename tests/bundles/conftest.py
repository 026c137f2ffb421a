"""Fixtures of bundles: the small documents of the command line, and keys."""

from pathlib import Path
from typing import Any

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from bizrules.bundles._manifest import sealed
from bizrules.bundles._texts import pretty
from bizrules.engine import Engine
from cli.running import SMALL


@attrs.frozen
class Keys:
    """A pair of keys in PEM."""

    private: bytes
    public: bytes


def new_keys() -> Keys:
    """A pair nobody else has."""
    key = Ed25519PrivateKey.generate()
    return Keys(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


def sealed_manifest(manifest: dict[str, Any]) -> bytes:
    """The bytes of a manifest, the digest of which is made to fit."""
    return sealed(pretty({key: one for key, one in manifest.items() if key != "digest"}).encode())


@pytest.fixture(scope="session")
def keys() -> Keys:
    """A pair of keys."""
    return new_keys()


@pytest.fixture(scope="session")
def small() -> Engine:
    """An engine of the small documents alone."""
    return Engine.load(SMALL, national=False, plugins=False)


@pytest.fixture(scope="session")
def bundle(small: Engine) -> bytes:
    """The small documents in a bundle."""
    return small.bundle(goldens=True)


@pytest.fixture
def key_files(keys: Keys, tmp_path: Path) -> tuple[Path, Path]:
    """The pair of keys in files: private, public."""
    private, public = tmp_path / "key.pem", tmp_path / "key.pub"
    private.write_bytes(keys.private)
    public.write_bytes(keys.public)
    return private, public

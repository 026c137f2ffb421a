"""Signatures of bundles: Ed25519 over the manifest, which names the digest of everything else."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from bizrules.bundles._manifest import SIGNATURE, digest_of
from bizrules.bundles._sharing import text_of
from bizrules.bundles._tables import parsed, plain_data, read_plain
from bizrules.errors import BundleError

ALGORITHM: Final = "Ed25519"
_LENGTH: Final = 64

KeyFile: TypeAlias = Path | str | bytes
"""A key in PEM, or the name of a file with one."""


@attrs.frozen(kw_only=True)
class Signature:
    """What `signature.json` says.

    Attributes:
        algorithm: How it was signed.
        key: SHA-256 of the public key (its 32 bytes), to tell keys apart.
        signature: The signature of the bytes of `manifest.json`, in Base64.
    """

    algorithm: str
    key: str
    signature: str


def signed(manifest: bytes, key: KeyFile) -> bytes:
    """The signature of a manifest as it stands in the bundle.

    Args:
        manifest: Its bytes.
        key: The private key, not encrypted.

    Raises:
        BundleError: If it is no such key, or the extra `signing` is not installed.
    """
    private = _key(key, "private")
    raw = private.public_key().public_bytes_raw()
    made = b64encode(private.sign(manifest)).decode()
    found = Signature(algorithm=ALGORITHM, key=digest_of(raw), signature=made)
    return _text(found).encode()


def read_signature(data: bytes | memoryview) -> Signature:
    """What the entry of the signature says.

    Raises:
        BundleError: If it is none.
    """
    try:
        text = bytes(data).decode()
    except UnicodeDecodeError as error:
        raise BundleError("bundle-bad-json", place=SIGNATURE, reason=str(error)) from None
    found = read_plain(parsed(text, SIGNATURE), Signature, SIGNATURE)
    if text != _text(found):
        raise BundleError("bundle-damaged", place=SIGNATURE, reason="JSON")
    return found


def _text(found: Signature) -> str:
    return f"{text_of(plain_data(found))}\n"


def check_signature(manifest: bytes, found: Signature | None, key: KeyFile) -> None:
    """Refuse a manifest that the holder of the key did not sign.

    Args:
        manifest: Its bytes.
        found: The signature of the bundle; None if it has none.
        key: The public key.

    Raises:
        BundleError: If it is not signed, or not by that key, or the key cannot be used.
    """
    public = _key(key, "public")
    if found is None:
        raise BundleError("bundle-unsigned")
    own = digest_of(public.public_bytes_raw())
    if found.algorithm != ALGORITHM or found.key != own:
        raise BundleError("bundle-other-key", found=found.key[:16], wanted=own[:16])
    try:
        given = b64decode(found.signature, validate=True)
    except (Base64Error, ValueError):
        raise BundleError("bundle-wrong-signature") from None
    # The last letter has bits that are no part of what it stands for.
    is_whole = len(given) == _LENGTH and b64encode(given).decode() == found.signature
    try:
        public.verify(given if is_whole else b"", manifest)
    except _invalid_signature():
        raise BundleError("bundle-wrong-signature") from None


def _invalid_signature() -> type[Exception]:
    found: type[Exception] = import_module("cryptography.exceptions").InvalidSignature
    return found


def _key(given: KeyFile, kind: str) -> Any:  # noqa: ANN401 - the library is imported when needed
    """The Ed25519 key."""
    serialization, ed25519 = _library()
    place = "PEM" if isinstance(given, bytes) else str(given)
    try:
        pem = given if isinstance(given, bytes) else Path(given).read_bytes()
    except OSError as error:
        raise BundleError("bundle-bad-key", place=place, reason=error.strerror or "") from None
    load: Callable[[bytes], Any]
    if kind == "public":
        load, wanted = serialization.load_pem_public_key, ed25519.Ed25519PublicKey
    else:
        wanted = ed25519.Ed25519PrivateKey

        def load(pem: bytes) -> object:
            return serialization.load_pem_private_key(pem, password=None)

    try:
        key = load(pem)
    except (ValueError, TypeError, _unsupported()) as error:
        raise BundleError("bundle-bad-key", place=place, reason=str(error)) from None
    if not isinstance(key, wanted):
        raise BundleError("bundle-bad-key", place=place, reason=f"{kind}, {ALGORITHM}")
    return key


def _unsupported() -> type[Exception]:
    found: type[Exception] = import_module("cryptography.exceptions").UnsupportedAlgorithm
    return found


def _library() -> tuple[Any, Any]:
    home = "cryptography.hazmat.primitives"
    try:
        return (
            import_module(f"{home}.serialization"),
            import_module(f"{home}.asymmetric.ed25519"),
        )
    except ModuleNotFoundError:
        raise BundleError("bundle-needs-signing") from None

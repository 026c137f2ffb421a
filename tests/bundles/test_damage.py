"""A bundle that is not as it was built, or not signed as required, is refused."""

import gzip
import json
import random
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from bizrules.bundles import FORMAT, open_bundle, read_all, signed_anew
from bizrules.bundles._container import joined, parted
from bizrules.bundles._manifest import MANIFEST, SIGNATURE, digest_of, sealed
from bizrules.bundles._sharing import text_of
from bizrules.bundles._texts import pretty
from bizrules.engine import Engine, core_version
from bizrules.errors import BundleError
from bizrules.phrases import LANGUAGES
from bundles.conftest import Keys, new_keys, sealed_manifest


@pytest.fixture(scope="session")
def signed(bundle: bytes, keys: Keys) -> bytes:
    """The small bundle, signed."""
    return signed_anew(bundle, keys.private, version=core_version())


def refusal(data: bytes, key: bytes | None = None) -> BundleError:
    """The error with which the bundle is refused."""
    with pytest.raises(BundleError) as caught:
        read_all(open_bundle(data, version=core_version(), key=key))
    for lang in LANGUAGES:
        assert caught.value.text(lang)
    return caught.value


def entries(data: bytes) -> dict[str, bytes]:
    """The entries of a bundle."""
    return {name: bytes(view) for name, view in parted(data).items()}


def with_manifest(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """The bundle with another manifest, everything else being as it was."""
    found = entries(data)
    manifest = json.loads(found[MANIFEST])
    change(manifest)
    found[MANIFEST] = sealed_manifest(manifest)
    return joined(found.items())


def with_section(data: bytes, name: str, content: bytes) -> bytes:
    """The bundle with another section, the digest of which is made to fit."""
    found = entries(data)
    manifest = json.loads(found[MANIFEST])
    (section,) = (one for one in manifest["sections"] if one["name"] == name)
    section |= {"bytes": len(content), "sha256": digest_of(content)}
    found |= {name: content, MANIFEST: sealed_manifest(manifest)}
    return joined(found.items())


class TestTampering:
    """Whatever is changed in a signed bundle, nothing of it is used."""

    def test_every_byte(self, signed: bytes, keys: Keys) -> None:
        """A byte changed anywhere is noticed."""
        data = bytearray(signed)
        assert open_bundle(signed, version=core_version(), key=keys.public).signature
        rng = random.Random(7)  # noqa: S311 - a choice of places
        for at in rng.sample(range(len(data)), 300):
            data[at] ^= rng.randrange(1, 256)
            refusal(bytes(data), keys.public)
            data[at] = signed[at]
        assert data == signed

    @given(st.data())
    def test_cut_off(self, signed: bytes, data: st.DataObject) -> None:
        """A bundle of which the end is missing is refused, wherever it ends."""
        at = data.draw(st.integers(0, len(signed) - 1))
        assert refusal(signed[:at]).code in ("bundle-not-one", "bundle-damaged")

    @pytest.mark.parametrize("more", [b"\0", b"PK\x05\x06", b"x" * 100])
    def test_something_around_it(self, signed: bytes, more: bytes) -> None:
        """Nothing stands before a bundle, and nothing behind it."""
        assert refusal(signed + more).code == "bundle-not-one"
        assert refusal(more + signed).code == "bundle-not-one"

    def test_random_bytes(self) -> None:
        """What is no bundle at all is told so."""
        rng = random.Random(3)  # noqa: S311 - any bytes
        for length in (0, 1, 22, 500):
            assert refusal(rng.randbytes(length)).code == "bundle-not-one"


class TestEntries:
    """The entries of a bundle are those that its manifest names, each once."""

    def test_another_entry(self, bundle: bytes) -> None:
        """An entry that the manifest does not name is refused."""
        more = joined({**entries(bundle), "more.txt": b"x"}.items())
        assert refusal(more).details["reason"] == "more.txt"

    def test_a_missing_entry(self, bundle: bytes) -> None:
        """An entry that the manifest names has to be there."""
        found = entries(bundle)
        del found["facts.jsonl.gz"]
        assert refusal(joined(found.items())).details["reason"] == "facts.jsonl.gz"
        del found[MANIFEST]
        assert refusal(joined(found.items())).code == "bundle-not-one"

    def test_another_order(self, bundle: bytes) -> None:
        """The entries come in the order of the manifest."""
        found = entries(bundle)
        assert refusal(joined(reversed(found.items()))).code == "bundle-damaged"

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_an_entry_twice(self, bundle: bytes) -> None:
        """An entry that is there twice is refused: readers could take another one of them."""
        found = list(entries(bundle).items())
        assert refusal(joined([*found, found[1]])).code == "bundle-not-one"

    @pytest.mark.parametrize(
        "settings", [{"comment": b"x"}, {"extra": b"\x01\x00\x00\x00"}, {"compress_type": 8}]
    )
    def test_another_archive(self, bundle: bytes, settings: Mapping[str, Any]) -> None:
        """An archive packed by another program is no bundle, even with the same entries."""
        file = BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in entries(bundle).items():
                info = zipfile.ZipInfo(name)
                for key, value in settings.items():
                    setattr(info, key, value)
                archive.writestr(info, data)
        assert refusal(file.getvalue()).code == "bundle-not-one"


class TestManifest:
    """A manifest that this version cannot read is refused before anything is read by it."""

    def test_another_format(self, bundle: bytes) -> None:
        """A format of another number names both, and who built it."""
        error = refusal(with_manifest(bundle, lambda one: one.update(format=FORMAT + 1)))
        assert error.code == "bundle-format"
        assert error.details["found"] == str(FORMAT + 1)
        assert error.details["by"] == core_version()

    @pytest.mark.parametrize("format_", [True, 1.0, "1", None])
    def test_no_format(self, bundle: bytes, format_: object) -> None:
        """The number of the format is a whole number."""
        error = refusal(with_manifest(bundle, lambda one: one.update(format=format_)))
        assert error.code == "bundle-format"

    @pytest.mark.parametrize("needs", [">=999", "<0.0.1", "?"])
    def test_another_version(self, bundle: bytes, needs: str) -> None:
        """A bundle for another version of the library says which it needs."""
        error = refusal(with_manifest(bundle, lambda one: one.update(needs=needs)))
        assert (error.code, error.details["needs"]) == ("bundle-needs", needs)

    def test_an_unknown_key(self, bundle: bytes) -> None:
        """What this version does not know is not passed over."""
        error = refusal(with_manifest(bundle, lambda one: one.update(more=1)))
        assert (error.code, error.details["key"]) == ("bundle-unknown-key", "more")

    def test_a_key_twice(self, bundle: bytes) -> None:
        """A key that is there twice is refused."""
        found = entries(bundle)
        plain = json.loads(found[MANIFEST])
        del plain["digest"]
        text = pretty(plain).replace('"format": 1,', '"format": 1, "format": 1,')
        found[MANIFEST] = sealed(text.encode())
        assert refusal(joined(found.items())).details["reason"] == "format"

    @pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
    def test_no_manifest(self, bundle: bytes, text: bytes) -> None:
        """A manifest that is no JSON object is refused."""
        found = entries(bundle) | {MANIFEST: text}
        assert refusal(joined(found.items())).code in (
            "bundle-not-one",
            "bundle-bad-json",
            "bundle-too-deep",
        )

    @pytest.mark.parametrize("key", ["id", "version", "region", "department", "plugin", "digest"])
    def test_another_ruleset(self, bundle: bytes, key: str) -> None:
        """What the manifest says of a ruleset is what the ruleset says."""

        def change(manifest: dict[str, Any]) -> None:
            manifest["rulesets"][0][key] = "other"

        assert refusal(with_manifest(bundle, change)).code == "bundle-damaged"

    @pytest.mark.parametrize("key", ["head", "content", "records"])
    @pytest.mark.parametrize("by", [-(10**6), -1, 1, 10**12])
    def test_another_length(self, bundle: bytes, key: str, by: int) -> None:
        """Lengths and counts that the manifest declares are those that are found."""

        def change(manifest: dict[str, Any]) -> None:
            (section,) = (one for one in manifest["sections"] if one["name"].startswith("facts"))
            section[key] += by

        assert refusal(with_manifest(bundle, change)).details["place"]

    def test_a_bomb(self, bundle: bytes) -> None:
        """What would unpack to more than it declares is not unpacked."""
        bomb = gzip.compress(b" " * (1 << 27), 9)
        data = with_section(bundle, "facts.jsonl.gz", bomb)

        def change(manifest: dict[str, Any]) -> None:
            (section,) = (one for one in manifest["sections"] if one["name"] == "facts.jsonl.gz")
            section["head"] = len(bomb)

        assert refusal(with_manifest(data, change)).code == "bundle-too-large"


class TestSignatures:
    """A signature that is asked for has to be there, of that key, over these bytes."""

    def test_signed(self, small: Engine, signed: bytes, keys: Keys) -> None:
        """A bundle signed with the key is taken, and means what it meant unsigned."""
        engine = Engine.load_bundle(signed, key=keys.public)
        assert engine.rulesets == small.rulesets
        assert small.bundle(goldens=True, key=keys.private) == signed
        assert Engine.load_bundle(signed).rulesets == small.rulesets

    def test_unsigned(self, bundle: bytes, keys: Keys) -> None:
        """A bundle without signature is refused where one is asked for."""
        assert refusal(bundle, keys.public).code == "bundle-unsigned"

    def test_another_key(self, signed: bytes) -> None:
        """A bundle signed with another key is refused, and both keys are named."""
        error = refusal(signed, new_keys().public)
        assert error.code == "bundle-other-key"
        assert error.details["found"] != error.details["wanted"]

    def test_signed_anew(self, signed: bytes, keys: Keys) -> None:
        """Another signature takes the place of the first."""
        other = new_keys()
        again = signed_anew(signed, other.private, version=core_version())
        assert refusal(again, keys.public).code == "bundle-other-key"
        found = open_bundle(again, version=core_version(), key=other.public)
        assert found.signature is not None

    def test_another_manifest(self, signed: bytes, keys: Keys) -> None:
        """A manifest changed after it was signed is refused, though all its digests fit."""
        changed = with_manifest(signed, lambda one: one.update(built_by="0"))
        assert open_bundle(changed, version=core_version()).manifest.built_by == "0"
        assert refusal(changed, keys.public).code == "bundle-wrong-signature"

    def test_another_content(self, bundle: bytes, signed: bytes, keys: Keys) -> None:
        """A section changed together with its digest is refused by the signature."""
        found = entries(signed)
        other = {**entries(bundle), SIGNATURE: found[SIGNATURE]}
        other["origins.jsonl.gz"] = other["groups.jsonl.gz"]
        assert refusal(joined(other.items()), keys.public).code == "bundle-damaged"

    @pytest.mark.parametrize("text", ["", "x", "AAAA", "ä", "A" * 88])
    def test_no_signature(self, signed: bytes, keys: Keys, text: str) -> None:
        """What is no signature of that length is refused as a wrong one."""
        found = entries(signed)
        said = json.loads(found[SIGNATURE]) | {"signature": text}
        found[SIGNATURE] = f"{text_of(said)}\n".encode()
        assert refusal(joined(found.items()), keys.public).code == "bundle-wrong-signature"

    @pytest.mark.parametrize(
        "data",
        [
            b"\xff",
            b"{}",
            b"[",
            b'{"algorithm": 1}',
            b'{"algorithm":"","key":"","signature":""}',
            b'{"algorithm":"","key":"","key":"","signature":""}\n',
            b'{"algorithm":"\\ud83d","key":"","signature":""}\n',
        ],
    )
    def test_no_entry_of_a_signature(self, signed: bytes, data: bytes) -> None:
        """An entry that is no signature is refused even where none is asked for."""
        error = refusal(joined({**entries(signed), SIGNATURE: data}.items()))
        assert error.code.startswith("bundle-")

    def test_keys_that_are_none(self, bundle: bytes, keys: Keys, tmp_path: Path) -> None:
        """A key that cannot be used is told of, in both places where one is given."""
        for key in (b"", b"x", keys.private, tmp_path / "none", str(tmp_path)):
            with pytest.raises(BundleError) as caught:
                open_bundle(bundle, version=core_version(), key=key)
            assert caught.value.code == "bundle-bad-key"
        for key in (b"", keys.public):
            with pytest.raises(BundleError) as caught:
                signed_anew(bundle, key, version=core_version())
            assert caught.value.code == "bundle-bad-key"

    def test_a_key_of_another_kind(self, signed: bytes) -> None:
        """A key that is none for signatures is told of."""
        other = X25519PrivateKey.generate().public_key()
        key = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        error = refusal(signed, key)
        assert (error.code, error.details["reason"]) == ("bundle-bad-key", "public, Ed25519")

    def test_without_the_library(
        self, signed: bytes, keys: Keys, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without the extra, a signature that is asked for is not passed over."""

        def missing(name: str) -> None:
            raise ModuleNotFoundError(name=name)

        monkeypatch.setattr("bizrules.bundles._signing.import_module", missing)
        assert refusal(signed, keys.public).code == "bundle-needs-signing"


def test_a_rule_twice(small: Engine) -> None:
    """Two rules of one id are refused when the bundle is built: it could not tell them apart."""
    ruleset = next(one for one in small.rulesets if one.rules)
    twice = attrs.evolve(ruleset, rules=(ruleset.rules[0],) * 2)
    knowledge = attrs.evolve(small.knowledge, rulesets=(twice,))
    with pytest.raises(BundleError) as caught:
        attrs.evolve(small, knowledge=knowledge).bundle()
    assert (caught.value.code, caught.value.details["name"]) == ("bundle-twice", twice.rules[0].id)


def test_the_index_must_fit(small: Engine) -> None:
    """A bundle whose index does not find a rule is refused when it is verified."""
    (ruleset,) = (one for one in small.rulesets if len(one.rules) > 2)
    opened = open_bundle(small.bundle(), version=core_version())
    (found,) = (one for one in opened.knowledge.rulesets if one.id == ruleset.id)
    rules: Any = found.rules
    table = rules._table
    table._head = attrs.evolve(table.head, about={}, general=())
    with pytest.raises(BundleError) as caught:
        read_all(opened)
    assert caught.value.details["reason"] == "index"


@pytest.mark.parametrize("name", ["facts", "groups", "violations"])
def test_names_must_fit(small: Engine, name: str) -> None:
    """A bundle that calls a record by another name than its own is refused when verified."""
    opened = open_bundle(small.bundle(), version=core_version())
    known = opened.knowledge
    holder = known if name == "violations" else known.vocabulary
    found: Any = getattr(holder, name)
    first, *_ = found
    found._numbers["other"] = found._numbers.pop(first)
    with pytest.raises(BundleError) as caught:
        read_all(opened)
    assert caught.value.details["place"] == f"{name} other"


def test_an_index_that_lies(small: Engine) -> None:
    """A rule found under a violation that it does not name is refused, not applied."""
    opened = open_bundle(small.bundle(), version=core_version())
    (found,) = (one for one in opened.knowledge.rulesets if len(one.rules) > 2)
    rules: Any = found.rules
    table = rules._table
    everything = tuple(range(len(table)))
    table._head = attrs.evolve(table.head, about={"other": everything}, general=())
    with pytest.raises(BundleError):
        found.rules_on("other")

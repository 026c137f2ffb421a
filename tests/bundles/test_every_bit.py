"""No bit of a bundle can change, and no field of it can have another value, without being told."""

import json
import random
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import attrs
import pytest

from bizrules.bundles import Making, _container, bundle_of, open_bundle, read_all, signed_anew
from bizrules.bundles._container import MOST_ENTRIES, joined, parted
from bizrules.bundles._manifest import MANIFEST, SIGNATURE, digest_of
from bizrules.bundles._texts import pretty
from bizrules.engine import Engine, core_version
from bizrules.errors import BundleError
from bizrules.phrases import LANGUAGES
from bundles.conftest import Keys, sealed_manifest

FLIPS = 2000


def used(data: bytes, key: bytes | None = None) -> int:
    """How many records the bundle gives."""
    return read_all(open_bundle(data, version=core_version(), key=key))


def refusal(data: bytes, key: bytes | None = None) -> BundleError:
    """The error with which the bundle is refused, told in every language."""
    with pytest.raises(BundleError) as caught:
        used(data, key)
    assert caught.value.code.startswith("bundle-")
    for lang in LANGUAGES:
        assert caught.value.text(lang)
    return caught.value


def flipped(data: bytes, count: int) -> Iterator[bytes]:
    """The bytes with one bit changed, in so many places."""
    rng = random.Random(16)  # noqa: S311 - a choice of places
    for at in rng.sample(range(8 * len(data)), count):
        changed = bytearray(data)
        changed[at >> 3] ^= 1 << (at & 7)
        yield bytes(changed)


def entries(data: bytes) -> dict[str, bytes]:
    """The entries of a bundle."""
    return {name: bytes(view) for name, view in parted(data).items()}


@pytest.fixture(scope="module")
def signed(bundle: bytes, keys: Keys) -> bytes:
    """The small bundle, signed."""
    return signed_anew(bundle, keys.private, version=core_version())


class TestFlips:
    """A bundle one bit of which was changed is refused, wherever the bit lies."""

    def test_anywhere(self, bundle: bytes) -> None:
        """Neither a signature nor luck is needed to see that a bit has changed."""
        assert used(bundle)
        for changed in flipped(bundle, FLIPS):
            refusal(changed)

    @pytest.mark.parametrize("is_asked", [True, False], ids=["key", "no key"])
    def test_around_the_entries(self, signed: bytes, keys: Keys, *, is_asked: bool) -> None:
        """Every bit of the first header and of the directory at the end is one that counts."""
        key = keys.public if is_asked else None
        with zipfile.ZipFile(BytesIO(signed)) as archive:
            start = archive.start_dir
        for at in (*range(60), *range(start, len(signed))):
            changed = bytearray(signed)
            changed[at] ^= 1 << (at & 7)
            refusal(bytes(changed), key)

    def test_of_the_signature(self, signed: bytes, keys: Keys) -> None:
        """A signature that is asked for stands there in one way, to the last bit."""
        found = entries(signed)
        for changed in flipped(found[SIGNATURE], 8 * len(found[SIGNATURE]) // 4):
            refusal(joined((found | {SIGNATURE: changed}).items()), keys.public)

    def test_the_last_letter(self, signed: bytes, keys: Keys) -> None:
        """A signature has one spelling, though Base64 has several."""
        found = entries(signed)
        text = json.loads(found[SIGNATURE])["signature"]
        spelled = [f"{text[:-3]}{letter}==" for letter in "AEIMQUYcgkosw048BFJNRVZdhlptx159"]
        others = [one for one in spelled if one != text and b64decode(one) == b64decode(text)]
        assert others
        for other in others:
            changed = found[SIGNATURE].replace(text.encode(), other.encode())
            error = refusal(joined((found | {SIGNATURE: changed}).items()), keys.public)
            assert error.code == "bundle-wrong-signature"

    @pytest.mark.parametrize("name", [MANIFEST, "rules/0000.jsonl.gz", "origins.jsonl.gz"])
    def test_with_a_checksum_that_fits(self, bundle: bytes, name: str) -> None:
        """A bit that the checksum of the archive was made to cover is told by a digest."""
        found = entries(bundle)
        for changed in flipped(found[name], 150):
            refusal(joined((found | {name: changed}).items()))


class TestClaims:
    """What a manifest claims is compared with what is there, even if its own digest fits."""

    def changed(self, bundle: bytes, change: Callable[[dict[str, Any]], None]) -> BundleError:
        """The refusal of the bundle with another manifest, the digest of which fits."""
        found = entries(bundle)
        manifest = json.loads(found[MANIFEST])
        change(manifest)
        return refusal(joined((found | {MANIFEST: sealed_manifest(manifest)}).items()))

    def test_nothing_changed(self, bundle: bytes) -> None:
        """A manifest written again as it was is the same bundle."""
        found = entries(bundle)
        again = sealed_manifest(json.loads(found[MANIFEST]))
        assert joined((found | {MANIFEST: again}).items()) == bundle

    def test_knowledge(self, bundle: bytes) -> None:
        """The digest of all that is known is that of the digests of its parts."""

        def change(manifest: dict[str, Any]) -> None:
            manifest["knowledge"] = digest_of(b"other")

        error = self.changed(bundle, change)
        assert (error.code, error.details["reason"]) == ("bundle-damaged", "knowledge")

    def test_a_digest(self, bundle: bytes) -> None:
        """A changed digest of a document is another digest of all that is known."""
        names = json.loads(entries(bundle)[MANIFEST])["digests"]
        assert names
        for name in names:

            def change(manifest: dict[str, Any], name: str = name) -> None:
                manifest["digests"][name] = digest_of(b"other")

            assert self.changed(bundle, change).code == "bundle-damaged"

    def test_a_digest_and_knowledge(self, small: Engine, bundle: bytes) -> None:
        """The digest of a ruleset is the one that the ruleset goes by in receipts."""
        (name, *_) = (ruleset.id for ruleset in small.rulesets)
        digests = {**small.knowledge.digests, name: digest_of(b"other")}
        knowledge = attrs.evolve(small.knowledge, digests=digests)

        def change(manifest: dict[str, Any]) -> None:
            manifest["digests"], manifest["knowledge"] = digests, knowledge.digest

        assert self.changed(bundle, change).details["reason"] == name

    @pytest.mark.parametrize("key", ["digests", "built_by"])
    def test_half_a_character(self, bundle: bytes, key: str) -> None:
        """What is no text is refused where it stands, and not first where it is used."""
        found = entries(bundle)
        manifest = json.loads(found[MANIFEST])
        manifest[key] = {**manifest["digests"], "half": "1"} if key == "digests" else "half"
        changed = sealed_manifest(manifest).replace(b'"half"', rb'"\uD83D"')
        error = refusal(joined((found | {MANIFEST: changed}).items()))
        assert (error.code, error.details["place"]) == ("bundle-bad-json", MANIFEST)

    def test_a_path_of_windows(self, small: Engine) -> None:
        """Text that looks like such an escape, and is none, comes back."""
        (ruleset, *rest) = small.rulesets
        odd = attrs.evolve(ruleset, version=r"C:\\ud83d")
        knowledge = attrs.evolve(small.knowledge, rulesets=(odd, *rest))
        found = open_bundle(bundle_of(knowledge, Making(version="1")), version="1")
        assert found.knowledge.rulesets[0].version == odd.version

    def test_without_a_digest(self, bundle: bytes) -> None:
        """A manifest that does not hold its own digest is refused."""
        found = entries(bundle)
        manifest = json.loads(found[MANIFEST])
        del manifest["digest"]
        data = joined((found | {MANIFEST: pretty(manifest).encode()}).items())
        error = refusal(data)
        assert (error.code, error.details["reason"]) == ("bundle-damaged", "SHA-256")


class TestArchive:
    """A bundle is a ZIP archive, and of all archives with the same entries the only one."""

    def test_for_any_tool(self, signed: bytes) -> None:
        """An archive written by another library with the same settings is the same bytes."""
        file = BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in entries(signed).items():
                info = zipfile.ZipInfo(name)
                info.create_system, info.external_attr = 3, 0o644 << 16
                archive.writestr(info, data)
        assert file.getvalue() == signed
        with zipfile.ZipFile(BytesIO(signed)) as archive:
            assert archive.testzip() is None

    @pytest.mark.parametrize(
        "settings",
        [
            {"date_time": (2022, 5, 20, 12, 0, 0)},
            {"external_attr": 0o777 << 16},
            {"internal_attr": 1},
            {"create_system": 0},
            {"create_version": 63},
            {"extract_version": 63},
            {"comment": b"x"},
            {"extra": b"\x01\x00\x00\x00"},
            {"compress_type": zipfile.ZIP_DEFLATED},
        ],
        ids=lambda settings: next(iter(settings)),
    )
    def test_another_setting(self, signed: bytes, keys: Keys, settings: dict[str, Any]) -> None:
        """The same entries in an archive that says anything else of them are refused."""
        file = BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in entries(signed).items():
                info = zipfile.ZipInfo(name)
                info.create_system, info.external_attr = 3, 0o644 << 16
                for field, value in settings.items():
                    setattr(info, field, value)
                archive.writestr(info, data)
        assert refusal(file.getvalue(), keys.public).code == "bundle-not-one"

    def test_names_in_other_letters(self) -> None:
        """No entry of a bundle has a name in other letters than those of ASCII."""
        data = joined([("aa", b"x")]).replace(b"aa", "é".encode())
        with pytest.raises(BundleError) as caught:
            parted(data)
        assert caught.value.code == "bundle-not-one"

    def test_too_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is no longer than a bundle can be is written and read, and nothing else."""
        entry = ("a", b"x" * 100)
        longest = joined([entry])
        monkeypatch.setattr(_container, "MOST_BYTES", len(longest))
        assert joined([entry]) == longest
        assert list(parted(longest)) == ["a"]
        monkeypatch.setattr(_container, "MOST_BYTES", len(longest) - 1)
        for work in (lambda: joined([entry]), lambda: parted(longest)):
            with pytest.raises(BundleError) as caught:
                work()
            assert caught.value.code == "bundle-too-large"

    def test_too_many(self) -> None:
        """More entries than an archive can count are refused when it is written."""
        most = [(str(number), b"") for number in range(MOST_ENTRIES)]
        assert len(parted(joined(most))) == MOST_ENTRIES
        with pytest.raises(BundleError) as caught:
            joined([*most, ("more", b"")])
        assert caught.value.code == "bundle-too-large"

    def test_too_many_to_read(self, signed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        """More entries than a bundle can have are refused when it is read."""
        monkeypatch.setattr(_container, "MOST_ENTRIES", 3)
        assert refusal(signed).code == "bundle-too-large"

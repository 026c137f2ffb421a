"""`bizrules bundle`, and bundles in place of documents."""

import json
from pathlib import Path

import pytest

from bizrules.bundles import FORMAT
from bundles.conftest import new_keys
from cli.running import EXEMPT, OPEN, SMALL, Call, case_file


@pytest.fixture
def built(call: Call, tmp_path: Path) -> Path:
    """A bundle of the small documents."""
    file = tmp_path / "small.bundle"
    done = call("bundle", "build", "-o", file, "--goldens", "--lang", "en")
    assert (done.status, done.err) == (0, "")
    return file


@pytest.fixture
def key_files(tmp_path: Path) -> tuple[Path, Path]:
    """A private and a public key."""
    keys = new_keys()
    private, public = tmp_path / "key.pem", tmp_path / "key.pub"
    private.write_bytes(keys.private)
    public.write_bytes(keys.public)
    return private, public


class TestBuild:
    """A bundle is written whole, and what was written is told."""

    def test_built(self, call: Call, tmp_path: Path) -> None:
        """The numbers of rulesets and rules, the length, and whether it is signed."""
        file = tmp_path / "small.bundle"
        done = call("bundle", "build", "-o", file, "--lang", "en")
        assert done.status == 0
        assert done.out.startswith(f"{file}: 7 rules in 3 rulesets, ")
        assert done.out.endswith("not signed\n")
        assert f"{file.stat().st_size} bytes" in done.out
        assert [one.name for one in tmp_path.iterdir()] == ["small.bundle"]

    def test_in_place_of_another(self, call: Call, built: Path) -> None:
        """A file that is there is replaced, and built again it is the same bytes."""
        before = built.read_bytes()
        built.write_bytes(b"old")
        assert call("bundle", "build", "-o", built, "--goldens").status == 0
        assert built.read_bytes() == before

    def test_of_documents_alone(self, call: Call, tmp_path: Path) -> None:
        """Further documents, without the rules of the country and the packages."""
        file = tmp_path / "own.bundle"
        done = call("bundle", "build", SMALL, "-o", file, "--no-national", "--no-plugins")
        assert done.status == 0
        assert file.is_file()

    @pytest.mark.parametrize("args", [("--region", "530130"), ("--key", "none.pem")])
    def test_refused(self, call: Call, tmp_path: Path, args: tuple[str, str]) -> None:
        """Where something is wrong, no file is written."""
        done = call("bundle", "build", "-o", tmp_path / "x.bundle", *args)
        assert done.status == 1
        assert args[1] in done.err
        assert list(tmp_path.iterdir()) == []

    def test_nowhere_to_write(self, call: Call, tmp_path: Path) -> None:
        """A folder that is not there is told of before anything is read."""
        done = call("bundle", "build", "-o", tmp_path / "none" / "x.bundle")
        assert done.status == 1
        assert "none" in done.err

    def test_not_written_half(
        self, call: Call, built: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """If writing fails, the file that was there stays as it was."""

        def refuse(self: Path, target: Path) -> Path:
            raise OSError(28, "No space left on device", str(self), None, str(target))

        before = built.read_bytes()
        monkeypatch.setattr(Path, "replace", refuse)
        done = call("bundle", "build", "-o", built)
        assert done.status == 1
        assert "bundle-unwritable" in done.err
        assert built.read_bytes() == before
        assert list(built.parent.iterdir()) == [built]


class TestInspect:
    """What a bundle holds is shown without using it."""

    def test_text(self, call: Call, built: Path) -> None:
        """Its head, and a line for each ruleset."""
        done = call("bundle", "inspect", built, "--lang", "en")
        assert done.status == 0
        assert f"format {FORMAT}, built by bizrules" in done.lines[0]
        assert "7 rules, 3 rulesets" in done.lines[1]
        assert "golden cases" in done.lines[1]
        heads = ["ruleset", "version", "region", "department", "rules", "package", "digest"]
        assert "\t".join(heads) in done.lines
        assert any(line.startswith("panlong.") or "\t530103\t" in line for line in done.lines)

    def test_json(self, call: Call, built: Path) -> None:
        """The whole manifest as data."""
        done = call("bundle", "inspect", built, "--format", "json")
        data = json.loads(done.out)
        assert data["bytes"] == built.stat().st_size
        assert data["signature"] is None
        assert data["manifest"]["format"] == FORMAT
        assert len(data["manifest"]["rulesets"]) == 3

    def test_region(self, call: Call, tmp_path: Path) -> None:
        """A bundle cut down to a place says so, with the name of the place."""
        file = tmp_path / "x.bundle"
        assert call("bundle", "build", "-o", file, "--region", "530103").status == 0
        done = call("bundle", "inspect", file, "--lang", "zh")
        assert "仅限地区 530103 云南省昆明市盘龙区" in done.out


class TestVerify:
    """Only a bundle that is as it was built and signed passes."""

    def test_unsigned(self, call: Call, built: Path) -> None:
        """Without a key, digests and records are checked, and that it is unsigned is noted."""
        done = call("bundle", "verify", built, "--lang", "en")
        assert done.status == 0
        assert "every digest and all" in done.out
        assert done.err == "not signed\n"

    def test_signed(self, call: Call, built: Path, key_files: tuple[Path, Path]) -> None:
        """A signature that is there is checked only with the key, and without it that is noted."""
        private, public = key_files
        assert call("bundle", "verify", built, "--public", public).status == 1
        signed = call("bundle", "sign", built, "--key", private, "--lang", "en")
        assert signed.status == 0
        assert "signed with the key" in signed.out
        done = call("bundle", "verify", built, "--public", public, "--lang", "en")
        assert (done.status, done.err) == (0, "")
        assert done.lines[-1] == "the signature holds"
        assert "not checked" in call("bundle", "verify", built, "--lang", "en").err
        assert "signed with the key" in call("bundle", "inspect", built, "--lang", "en").out
        data = json.loads(call("bundle", "inspect", built, "--format", "json").out)
        assert data["signature"]["algorithm"] == "Ed25519"

    def test_signed_when_built(
        self, call: Call, built: Path, tmp_path: Path, key_files: tuple[Path, Path]
    ) -> None:
        """Signed when it is built or afterwards, the bundle is the same; `-o` keeps the first."""
        first, then, private = tmp_path / "1.bundle", tmp_path / "2.bundle", key_files[0]
        assert call("bundle", "build", "-o", first, "--goldens", "--key", private).status == 0
        assert call("bundle", "sign", built, "--key", private, "-o", then).status == 0
        assert first.read_bytes() == then.read_bytes() != built.read_bytes()

    def test_a_digit_of_a_digest(self, call: Call, built: Path) -> None:
        """A changed digit of the digest of all that is known is told of."""
        data = built.read_bytes()
        inspected = call("bundle", "inspect", built, "--format", "json")
        digest = json.loads(inspected.out)["manifest"]["knowledge"]
        other = digest[:-1] + ("0" if digest[-1] != "0" else "1")
        built.write_bytes(data.replace(digest.encode(), other.encode()))
        done = call("bundle", "verify", built, "--lang", "en")
        assert (done.status, done.out) == (1, "")
        assert "[bundle-damaged]" in done.err
        assert "manifest.json" in done.err

    def test_damaged(self, call: Call, built: Path) -> None:
        """A changed byte is told of, with the place and what to do."""
        data = bytearray(built.read_bytes())
        data[len(data) // 2] ^= 1
        built.write_bytes(data)
        for command in ("verify", "inspect"):
            done = call("bundle", command, built, "--lang", "en")
            assert (done.status, done.out) == (1, "")
            assert "[bundle-damaged]" in done.err
            assert "nothing of it was used" in done.err


class TestInPlaceOfDocuments:
    """Commands take their rules from a bundle."""

    def test_evaluate(self, call: Call, built: Path, tmp_path: Path) -> None:
        """The outcomes are those of the documents."""
        file = tmp_path / "cases.yaml"
        file.write_text(case_file(EXEMPT, OPEN), "utf-8")
        for form in ("text", "jsonl"):
            plain = call("evaluate", file, "--format", form)
            assert call("evaluate", file, "--format", form, "--bundle", built) == plain
        assert call("explain", file, "--bundle", built) == call("explain", file)

    @pytest.mark.parametrize("args", [("rules",), ("violations",), ("facts",)])
    def test_lists(self, call: Call, built: Path, args: tuple[str, ...]) -> None:
        """So are the lists."""
        assert call(*args, "--bundle", built) == call(*args)

    def test_signature(self, call: Call, built: Path, key_files: tuple[Path, Path]) -> None:
        """With `--public`, an unsigned bundle is refused and nothing is evaluated."""
        done = call("rules", "--bundle", built, "--public", key_files[1], "--lang", "en")
        assert (done.status, done.out) == (1, "")
        assert "[bundle-unsigned]" in done.err

    @pytest.mark.parametrize(
        "args",
        [
            ("--public", "k"),
            ("--bundle", "b", "--no-plugins"),
            ("--bundle", "b", "--rulesets", "r"),
        ],
    )
    def test_usage(self, call: Call, args: tuple[str, ...]) -> None:
        """A bundle takes the place of documents, and a key goes with a bundle."""
        done = call("rules", *args, "--lang", "en")
        assert done.status == 2
        assert "--bundle" in done.err


def test_without_a_command(call: Call) -> None:
    """The help names the commands."""
    done = call("bundle", "--lang", "en")
    assert done.status == 2
    for name in ("build", "inspect", "verify", "sign"):
        assert name in done.err

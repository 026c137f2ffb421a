import json
from pathlib import Path

import pytest

from bizrules.editor import Workspace, _workspace
from bizrules.editor._cursor import cursor_at, word_at
from bizrules.editor._offers import OfferKind, Offers, kind_of
from bizrules.editor._symbols import symbols_of
from bizrules.plugins import Plugin
from cli.running import SMALL, case, case_file, small_knowledge

HEAD = """\
format: 1
document: ruleset
id: small.more
region: "530103"
define:
  # terms
  timely:
    label: {zh: 及时, en: timely}
    when: [corrected]
"""


def marked(text: str) -> tuple[str, int, int]:
    """The text without its mark `|`, and the line and column of the mark."""
    before, _, after = text.partition("|")
    line = before.count("\n")
    return before + after, line, len(before) - before.rfind("\n") - 1


def offered(text: str, *kinds: OfferKind, head: str = HEAD) -> list[str]:
    """What is offered at the mark, of the kinds given or of all."""
    found = Offers(small_knowledge(), "en").at(*marked(head + text))
    return [offer.text for offer in found if not kinds or offer.kind in kinds]


def page(text: str, lang: str = "en") -> str:
    """What is shown about the word at the mark."""
    return Offers(small_knowledge(), lang).page_at(*marked(HEAD + text))


class TestCursor:
    """Lines that are not yet a document tell where a position stands."""

    @pytest.mark.parametrize(
        ("text", "path", "at_value", "typed"),
        [
            ("|", (), False, ""),
            ("a:\n  b: 1\n|", (), False, ""),
            ("rules:\n  - id: a\n    when:\n      - |", ("rules", None, "when", None), False, ""),
            ("rules:\n- id: a\n  when:\n  - x|", ("rules", None, "when", None), False, "x"),
            ("rules:\n  - id: a\n    |\n  - id: b", ("rules", None), False, ""),
            ("rules:\n  - |id: a", ("rules", None), False, ""),
            ("case:\n  violation: food|", ("case", "violation"), True, "food"),
            ("when: [minor, ha|", ("when", None), False, "ha"),
            ("when: [harm: {at_m|", ("when", None, "harm"), False, "at_m"),
            ("when: [harm: {is: none}, y|", ("when", None), False, "y"),
            ("when: [harm: none, y|", ("when", None), False, "y"),
            ("t: {zh: '甲, 乙', en: b|", ("t", "en"), True, "b"),
            ("t: {zh: 甲, |}", ("t",), False, ""),
            ("t: &x {zh: |", ("t", "zh"), True, ""),
            ("# a: b\nt: # {\n  - 'k k': |", ("t", None, "k k"), True, ""),
            ("when:\n  - any:\n      - y: {is|", ("when", None, "any", None, "y"), False, "is"),
        ],
    )
    def test_place(
        self, text: str, path: tuple[str | None, ...], at_value: bool, typed: str
    ) -> None:
        """The way from the root, whether a value is expected, and what was typed of it."""
        source, line, column = marked(text)
        found = cursor_at(source.split("\n"), line, column)
        assert (found.path, found.at_value, found.typed) == (path, at_value, typed)

    @pytest.mark.parametrize(
        "text",
        [
            "- {law: 食品安全法, article: |, item: 2}",
            "- {item: 2, law: 食品安全法, article: 1|}",
            "- law: 食品安全法\n  article: |\n  item: 2  # 二\n- law: 税法",
            "- law: 税法\n- item: 2\n  law: '食品安全法'\n  article: |",
        ],
    )
    def test_siblings(self, text: str) -> None:
        """The other entries of the mapping before and behind, in brackets or on lines."""
        source, line, column = marked(text)
        found = cursor_at(source.split("\n"), line, column)
        assert dict(found.siblings) == {"law": "食品安全法", "item": "2"}

    def test_word(self) -> None:
        """A word ends at blanks, brackets, commas, colons and quotes; Chinese is no limit."""
        word = word_at("- {law: 食品安全法, article: 12-1}", 10)
        assert (word.text, word.start, word.end) == ("食品安全法", 8, 13)
        assert word_at("a: ", 3).text == ""
        assert word_at("", 5).text == ""

    def test_behind_the_last_line(self) -> None:
        """A position that is not there stands at the root."""
        assert cursor_at(["a: 1"], 7, 3).path == ()


class TestOffers:
    """What may be written at a position."""

    def test_keys_that_are_not_there_yet(self) -> None:
        """The keys of the format but those the mapping has, with what they mean."""
        keys = offered("rules:\n  - id: a\n    |\n    title: {zh: 甲, en: a}\n")
        assert "modality: " in keys
        assert not {"id: ", "title: ", "facts: "} & set(keys)
        found = Offers(small_knowledge(), "en").at(*marked(HEAD + "rules:\n  - id: a\n    |"))
        assert {one.text: one.label for one in found}["modality: "] == "`shall` or `may`."

    def test_values(self) -> None:
        """The values of a key that has only so many."""
        assert offered("rules:\n  - modality: |") == ["shall", "may"]
        assert offered("supplements: |") == ["true", "false"]

    def test_facts_and_definitions_in_a_condition(self) -> None:
        """A boolean stands alone, another fact takes a test; definitions are offered beside."""
        text = "rules:\n  - when:\n      - |"
        assert {"corrected", "harm: ", "any: "} <= set(offered(text))
        assert offered(text, OfferKind.DEFINITION) == ["timely"]
        assert offered("rules:\n  - when: [harm: {|", OfferKind.DEFINITION) == []

    def test_operators_fit_the_fact(self) -> None:
        """Of a level bounds are offered, of an amount no choices."""
        level = offered("rules:\n  - when: [harm: {|")
        assert {"at_most: ", "in: "} <= set(level)
        assert "before: " not in level
        assert "in: " not in offered("rules:\n  - when: [goods_value: {|")

    def test_codes_have_labels(self) -> None:
        """The codes of a choice, each with its label."""
        found = Offers(small_knowledge(), "zh").at(*marked(HEAD + "rules:\n  - when: [harm: |"))
        assert [one.text for one in found][:2] == ["none", "slight"]
        assert all(one.label for one in found)
        nested = "rules:\n  - when: [harm: {in: [none, |"
        assert {"none", "slight"} <= set(offered(nested))

    def test_nothing_behind_closed_brackets(self) -> None:
        """Where a value is complete nothing more is offered."""
        assert offered("rules:\n  - when: [minor] |") == []

    def test_violations_and_rules(self) -> None:
        """Violations where they are named, rules where golden cases name them."""
        head = "format: 1\ndocument: golden\n"
        assert "stall.street" in offered("rules:\n  - violations: [|")
        assert "stall.street" in offered("cases:\n  - violation: |", head="format: 1\n")
        assert "small.law/minor" in offered("cases:\n  - expect: {holds: [|", head=head)

    def test_facts_of_a_case(self) -> None:
        """The facts of a case are keys, without those stated already."""
        keys = offered("cases:\n  - facts: {harm: none, |}", head="format: 1\n")
        assert "corrected: " in keys
        assert "harm: " not in keys

    def test_citations(self) -> None:
        """Laws without the name of the state, then articles, paragraphs and items there are."""
        assert "行政处罚法" in offered("rules:\n  - cite: [{law: |")
        law = "rules:\n  - cite: [{law: 行政处罚法, "
        assert offered(law + "article: |}]")[-1] == "86"
        assert offered(law + "article: 33, paragraph: |}]") == ["1", "2", "3"]
        assert offered(law + "article: 9, item: |}]")[-1] == "6"
        assert offered(law + "article: 9, paragraph: 1, item: |}]")[-1] == "6"
        assert offered(law.replace("处罚", "处发") + "article: |}]") == []
        assert offered(law + "version: 2021-01-22, article: |}]")[-1] == "86"

    def test_kind_of_an_unfinished_document(self) -> None:
        """What says nothing, or nothing known, is taken for a case file."""
        assert kind_of("document: ruleset\nrules: [") == "ruleset"
        assert kind_of("document: poem\n") == kind_of("") == "cases"


class TestPages:
    """What is shown about a word."""

    def test_fact(self) -> None:
        """Label, kind and choices of a fact."""
        shown = page("rules:\n  - when: [har|m: none]")
        assert shown.startswith("**harm**") or "(`harm`)" in shown
        assert "- `none`" in shown
        assert "level" in shown

    def test_violation(self) -> None:
        """A violation with its provisions, as officers read them."""
        shown = page("rules:\n  - violations: [stall.st|reet]", "zh")
        assert "(`stall.street`)" in shown
        assert "罚款" in shown

    def test_rule(self) -> None:
        """A rule that is named is shown like an entry of a list."""
        assert "Conditions" in page("rules:\n  - refines: small.law/min|or")

    @pytest.mark.parametrize(
        "place", ["law: 行政处|罚法, article: 9", "law: 行政处罚法, article: |9"]
    )
    def test_article(self, place: str) -> None:
        """The structure of the article: its paragraphs, and how many items each has."""
        shown = page(f"rules:\n  - cite: [{{{place}}}]")
        assert "2021-01-22" in shown
        assert "- paragraph 1, items: 6" in shown

    def test_law_without_article(self) -> None:
        """Of a law alone, how many articles it has."""
        assert "共86条" in page("rules:\n  - cite: [{law: 行政处罚|法}]", "zh")

    def test_nothing_known(self) -> None:
        """An unknown word has no page, nor has a law outside the catalogue."""
        assert page("title: {zh: 某|某}") == ""
        assert page("rules:\n  - cite: [{law: 某某|法, article: 1}]") == ""
        assert Offers(small_knowledge(), "en").page_of(OfferKind.KEY, "id") == ""

    def test_declarations(self) -> None:
        """A fact, a violation or a rule leads to the place where it is declared."""
        offers = Offers(small_knowledge(), "en")
        for text, file in {
            "rules:\n  - when: [har|m: none]": "vocabulary.yaml",
            "rules:\n  - violations: [stall.str|eet]": "violations.yaml",
            "rules:\n  - refines: small.law/min|or": "law.yaml",
        }.items():
            place = offers.declared_at(*marked(HEAD + text))
            assert place is not None
            assert Path(place.source).name == file
        own = HEAD.replace("small.more", "small.law") + "rules:\n  - id: x\n    replaces: min|or"
        assert offers.declared_at(*marked(own)) is not None
        assert offers.declared_at(*marked(HEAD + "title: noth|ing")) is None


class TestSymbols:
    """The outline of a document."""

    def test_entries(self) -> None:
        """Each entry with its id, its title and its lines; cases have no title."""
        text = HEAD + 'rules:\n  - title: {zh: 甲, en: a}\n    id: "1"\n  - {note: x}\n'
        found = symbols_of(Path("a.yaml"), text, "zh")
        assert [(one.name, one.title, one.section) for one in found] == [
            ("timely", "及时", "define"),
            ("1", "甲", "rules"),
            ("2", "", "rules"),
        ]
        assert [(one.line, one.column, one.last) for one in found] == [
            (6, 2, 9),
            (10, 4, 11),
            (12, 4, 13),
        ]
        cases = symbols_of(Path("a.yaml"), case_file(case("x")), "zh")
        assert [(one.name, one.title) for one in cases] == [("x", "")]

    def test_unfinished(self) -> None:
        """What cannot be read has no outline."""
        assert symbols_of(Path("a.yaml"), "rules: [", "zh") == []
        assert symbols_of(Path("a.yaml"), "- a\n", "zh") == []

    @pytest.mark.parametrize("text", ["", "rules:\n", "rules: []\n", "rules: a\n"])
    def test_no_entries(self, text: str) -> None:
        """A document whose head alone is written has an outline without entries."""
        assert symbols_of(Path("a.yaml"), f"format: 1\ndocument: ruleset\n{text}", "zh") == []


class TestWorkspace:
    """What is wrong with a document as it stands in the editor."""

    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the small documents stand for those of the library."""
        monkeypatch.setattr(_workspace, "core_rulesets", lambda: SMALL)

    def codes(self, path: Path, text: str, **others: str) -> list[str]:
        """Codes of the problems of the text at the path, among other open documents."""
        path = path.resolve()
        texts = {path: text, **{path.parent / name: other for name, other in others.items()}}
        reading = Workspace(plugins=False).read(path, texts)
        return [problem.code for problem in reading.problems]

    def test_a_document_of_a_package(self) -> None:
        """It is checked in its place there, as it stands in the editor, not on the disk."""
        path = SMALL / "law.yaml"
        text = path.read_text(encoding="utf-8")
        assert "unknown-fact" not in self.codes(path, text)
        assert "unknown-fact" in self.codes(path, text.replace("[minor, ", "[minr, "))
        assert self.codes(path, text + "  [") == ["yaml-syntax"]

    def test_a_document_elsewhere(self, tmp_path: Path) -> None:
        """It rests on all packages and on the documents beside it, open ones as they stand."""
        facts = "format: 1\ndocument: vocabulary\nid: more\nprefix: more\nfacts:\n"
        facts += "  more.sold: {kind: boolean, label: {zh: 已售出, en: sold}}\n"
        (tmp_path / "facts.yaml").write_text(facts, encoding="utf-8")
        (tmp_path / "broken.yaml").write_bytes(b"\xff")
        (tmp_path / "case.yaml").write_text(case_file(case()), encoding="utf-8")
        path = tmp_path / "cases" / "a.yaml"
        path.parent.mkdir()
        sold = case_file(case(more="facts: {more.sold: true}"))
        assert self.codes(path, sold) == []
        assert self.codes(path, sold.replace("more.sold", "more.sld")) == ["unknown-fact"]
        assert self.codes(path, "format: 1\ncases: []\n") == ["no-case"]
        (tmp_path / "bad.yaml").write_text("format: 1\ndocument: vocabulary\n", encoding="utf-8")
        assert self.codes(path, sold) == []

    def test_further_documents(self, tmp_path: Path) -> None:
        """Documents named when the server was started count too."""
        rules = tmp_path / "rules" / "_old"
        rules.mkdir(parents=True)
        facts = "format: 1\ndocument: vocabulary\nid: more\nprefix: more\nfacts:\n"
        facts += "  more.sold: {kind: boolean, label: {zh: 已售出, en: sold}}\n"
        (rules.parent / "facts.yaml").write_text(facts, encoding="utf-8")
        (rules / "facts.yaml").write_text(facts, encoding="utf-8")
        path = (tmp_path / "a.yaml").resolve()
        text = case_file(case(more="facts: {more.sold: true}"))
        workspace = Workspace((rules.parent,), plugins=False)
        assert workspace.read(path, {path: text}).problems == ()

    def test_matters(self, tmp_path: Path) -> None:
        """The cases of a matter are checked like others, and no list of cases is a matter."""
        path = tmp_path / "a.yaml"
        two = case("a", more="party: {kind: individual}") + case("a", violation="stall.stret")
        assert self.codes(path, case_file(two)) == ["unknown-violation"]
        inner = "".join(f"    {line}\n" for line in two.splitlines())
        matter = f"format: 1\nmatters:\n  - id: m\n    cases:\n{inner}"
        assert self.codes(path, matter) == ["unknown-violation"]

    def test_no_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing is beside a document in a folder not made yet, or in no file at all."""
        facts = "format: 1\ndocument: vocabulary\nid: more\nprefix: more\nfacts:\n"
        facts += "  more.sold: {kind: boolean, label: {zh: 已售出, en: sold}}\n"
        (tmp_path / "facts.yaml").write_text(facts, encoding="utf-8")
        (tmp_path / ".facts.yaml").write_text(facts, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        sold = case_file(case(more="facts: {more.sold: true}"))
        for path in (tmp_path / "new" / "a.yaml", Path("untitled:Untitled-1")):
            workspace = Workspace(plugins=False)
            (problem,) = workspace.read(path, {path: sold}).problems
            assert (problem.code, problem.location.source) == ("unknown-fact", str(path))
            further = Workspace((tmp_path,), plugins=False)
            assert further.read(path, {path: sold}).problems == ()
        assert self.codes(tmp_path / "a.yaml", sold) == []

    def test_half_a_character(self, tmp_path: Path) -> None:
        """Half of a pair of UTF-16 is reported where it stands."""
        path = tmp_path / "a.yaml"
        text = case_file(case("甲\ud842"))
        (problem,) = Workspace(plugins=False).read(path, {path: text}).problems
        assert problem.code == "document-encoding"
        line = text.split("\n")[problem.location.line - 1]
        assert line[problem.location.column - 1] == "\ud842"

    def test_json(self, tmp_path: Path) -> None:
        """JSON documents are checked as such."""
        data = {"format": 1, "cases": [{"id": "a", "region": "530103", "violation": "stall.stret"}]}
        assert self.codes(tmp_path / "a.json", json.dumps(data)) == ["unknown-violation"]

    def test_a_faulty_package_adds_nothing(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """While a package is faulty the others are still known; once mended it is too."""
        folder = tmp_path / "rules"
        folder.mkdir()
        (folder / "facts.yaml").write_text("format: 1\ndocument: vocabulary\n", encoding="utf-8")
        plugin = Plugin(name="more", version="1", region="530103", documents=(folder,))
        monkeypatch.setattr(_workspace, "installed_plugins", lambda: (plugin,))
        workspace = Workspace()
        assert "harm" in workspace.base.vocabulary.facts
        facts = "format: 1\ndocument: vocabulary\nid: more\nprefix: more\nfacts:\n"
        facts += "  more.sold: {kind: boolean, label: {zh: 已售出, en: sold}}\n"
        (folder / "facts.yaml").write_text(facts, encoding="utf-8")
        workspace.forget(tmp_path / "elsewhere.yaml")
        assert "more.sold" not in workspace.base.vocabulary.facts
        workspace.forget((folder / "facts.yaml").resolve())
        assert "more.sold" in workspace.base.vocabulary.facts

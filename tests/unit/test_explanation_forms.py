import json
import re
from html import escape
from html.parser import HTMLParser

import pytest

from bizrules.explanation import EXPLANATION_FORMS, explain, explain_rule, explanation_data
from bizrules.explanation._page import Item, Items, Page, Pair, Pairs, Paragraph, Section, clean
from bizrules.explanation._rendering import FORMS
from bizrules.outcomes import (
    Outcome,
)
from outcome_samples import case, engine, outcome, outcomes

LANGUAGES = ("zh", "en")
ALL = sorted(outcomes())
ORDER = (
    *("case", "crime", "opinion", "reasoning", "fine", "kinds", "compulsion", "law", "duties"),
    *("questions", "near-misses", "findings", "problems", "citations", "receipt"),
)


class _Tags(HTMLParser):
    """Reads HTML and refuses tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag; no attribute may hold a script."""
        assert not any(name.startswith("on") for name, _ in attrs)
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        """The tag must be the one opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text.append(data)


def texts_of(data: object) -> list[str]:
    """Every text for people in plain data of a page."""
    if isinstance(data, dict):
        told = ("text", "title", "label", "value", "heading")
        own = [value for key, value in data.items() if key in told and value]
        inside = [value for value in data.values() if isinstance(value, (list, dict))]
        return own + [text for value in inside for text in texts_of(value)]
    if isinstance(data, list):
        return [text for value in data for text in texts_of(value)]
    return []


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("lang", LANGUAGES)
class TestForms:
    """Text, Markdown, HTML and plain data say the same."""

    def test_every_form_says_everything(self, name: str, lang: str) -> None:
        """Each text of the plain data stands in every form."""
        found = outcomes()[name]
        data = explanation_data(found, lang, full=True)
        assert json.loads(json.dumps(data)) == data
        page = {form: explain(found, lang=lang, form=form, full=True) for form in FORMS}
        unescaped = re.sub(r"\\([\\`*_\[\]<>|~&#+.)-])", r"\1", page["markdown"])
        for text in texts_of(data):
            assert text in page["text"]
            assert text in unescaped
            assert escape(text) in page["html"]

    def test_html_is_one_closed_element(self, name: str, lang: str) -> None:
        """The HTML is well formed, semantic, and holds no script and no link."""
        html = explain(outcomes()[name], lang=lang, form="html")
        tags = _Tags()
        tags.feed(html)
        assert not tags.open
        assert {"article", "section", "h1", "h2", "dl", "ul"} <= tags.seen
        assert not {"script", "style", "link", "img", "a", "iframe"} & tags.seen
        assert html.startswith('<article class="bizrules" lang="')

    def test_no_section_is_empty(self, name: str, lang: str) -> None:
        """A section is there only if it says something."""
        data = explanation_data(outcomes()[name], lang)
        sections = data["sections"]
        assert isinstance(sections, list)
        assert all(section["blocks"] for section in sections)

    def test_the_order_is_fixed(self, name: str, lang: str) -> None:
        """Sections stand in the order in which an officer reads them, in every case."""
        data = explanation_data(outcomes()[name], lang)
        keys = [section["key"] for section in data["sections"]]  # type: ignore[attr-defined]
        assert keys == sorted(keys, key=ORDER.index)

    def test_explaining_twice_says_the_same(self, name: str, lang: str) -> None:
        """Nothing in an explanation depends on when or how often it is made."""
        found = outcomes()[name]
        again = engine().evaluate(found.case)
        assert explain(found, lang=lang) == explain(again, lang=lang)


class TestHostileText:
    """Names in a case are anybody's: none of them breaks a form."""

    HOSTILE = '<script>alert("x")</script>\n# *head* [a](b)\x1b[31m\u202e'

    def hostile(self) -> Outcome:
        """An outcome of a case with a hostile name."""
        return engine().evaluate(case("open", id=self.HOSTILE))

    def test_html_is_escaped(self) -> None:
        """A tag in a name is text."""
        html = explain(self.hostile(), form="html")
        assert "<script" not in html
        assert "&lt;script&gt;" in html

    def test_markdown_is_escaped(self) -> None:
        """Marks of Markdown in a name are text."""
        first = explain(self.hostile(), form="markdown").split("\n")[0]
        assert "\\<script\\>" in first
        assert "\\*head\\* \\[a\\](b)" in first

    def test_text_stays_on_its_line(self) -> None:
        """A name cannot break a line, colour a terminal or turn the direction of writing."""
        first = explain(self.hostile()).split("\n")[0]
        assert first == '案件 <script>alert("x")</script> # *head* [a](b)[31m 处理意见'

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("- a", "\\- a"),
            ("+ a", "\\+ a"),
            ("# a", "\\# a"),
            ("1. a", "1\\. a"),
            ("2022) a", "2022\\) a"),
            ("1.5元", "1.5元"),
            ("-5", "-5"),
        ],
    )
    def test_markdown_starts_nothing_by_accident(self, text: str, shown: str) -> None:
        """A text that begins like a list or heading does not become one."""
        page = Page("zh", "t", (Section("s", "s", (Paragraph(text),)),))
        assert FORMS["markdown"](page) == f"# t\n\n## s\n\n{shown}\n"

    def test_folded_lines_leave_no_gap_in_chinese(self) -> None:
        """A space that folding left between Chinese characters is removed, others stay."""
        assert clean("当场\n作出 决定，并 report 一次  two") == "当场作出决定，并 report 一次 two"


class TestRendering:
    """The tree in each form."""

    PAGE = Page(
        "en",
        "Title",
        (
            Section(
                "one",
                "Part",
                (
                    Pairs((Pair("a", "b"),)),
                    Items((Item("first", "true", (Item("inner"),)),), heading="Head"),
                    Items((Item("x"), Item("y", None, (Item("z"),))), numbered=True),
                ),
            ),
        ),
    )

    def test_text(self) -> None:
        """Nested points are indented under their parents."""
        assert FORMS["text"](self.PAGE) == (
            "Title\n\nPart\n  a: b\n  Head\n    ✓ first\n      - inner\n  1. x\n  2. y\n     - z\n"
        )

    def test_markdown(self) -> None:
        """Nested points are indented as Markdown wants it."""
        assert FORMS["markdown"](self.PAGE) == (
            "# Title\n\n## Part\n\n- **a**: b\n\n**Head**\n\n- ✓ first\n  - inner\n\n"
            "1. x\n2. y\n   - z\n"
        )

    def test_html(self) -> None:
        """Lists of answers have marks in place of bullets."""
        html = FORMS["html"](self.PAGE)
        assert "<dl>\n<dt>a</dt><dd>b</dd>\n</dl>" in html
        assert '<ul style="list-style:none">\n<li><span title="holds"' in html
        assert "<ol>\n<li>x</li>\n<li>y\n<ul>\n<li>z</li>\n</ul>\n</li>\n</ol>" in html
        assert "<h3>Head</h3>" in html


class TestArguments:
    """Languages and forms are checked."""

    def test_unknown_language(self) -> None:
        """A language that the library does not speak is refused."""
        with pytest.raises(ValueError, match="`fr` is none of zh, en"):
            explain(outcome("exempt"), lang="fr")
        with pytest.raises(ValueError, match="`fr`"):
            explanation_data(outcome("exempt"), "fr")

    def test_unknown_form(self) -> None:
        """A form that there is not is refused."""
        with pytest.raises(ValueError, match="`pdf` is none of text, markdown, html"):
            explain(outcome("exempt"), form="pdf")
        sample = engine()
        with pytest.raises(ValueError, match="`pdf`"):
            explain_rule(sample.rule("sample.law/first"), sample.vocabulary, form="pdf")

    def test_forms_are_named(self) -> None:
        """The forms are known to callers."""
        assert EXPLANATION_FORMS == ("text", "markdown", "html")

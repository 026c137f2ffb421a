"""What an editor offers at a position, and what it shows about a word."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from typing import Final

import attrs

from bizrules.catalogue import LawVersion
from bizrules.documents import KINDS
from bizrules.editor import _schema_walk as walk
from bizrules.editor._cursor import Cursor, Step, cursor_at, word_at
from bizrules.editor._pages import article_page, fact_page, rule_page, violation_page
from bizrules.engine import law_catalogue
from bizrules.facts import Fact, Kind
from bizrules.loading import Knowledge
from bizrules.provenance import Location
from bizrules.regions import NATIONAL
from bizrules.rules import Rule
from bizrules.schemas import Schema, schema_for

_KIND: Final = re.compile(r"^document:\s*[\"']?(\w+)", re.MULTILINE)
_REGION: Final = re.compile(r"^region:\s*[\"']?(\w+)", re.MULTILINE)
_ID: Final = re.compile(r"^id:\s*[\"']?([\w.-]+)", re.MULTILINE)
_DEFINE: Final = re.compile(r"^define:\s*\n((?:(?: +.*|#.*|)\n)+)", re.MULTILINE)
_NAMED: Final = re.compile(r"^ {2}([\w.-]+):", re.MULTILINE)
_STATE: Final = "中华人民共和国"
_VIOLATION_KEYS: Final = frozenset({"violation", "violations", "absorbs", "special_to"})
_RULE_KEYS: Final = frozenset({"holds", "fails", "refines"})
_PLACE_KEYS: Final = frozenset({"article", "paragraph", "item"})
_CONDITION_KEYS: Final = frozenset({"when", "unless", "only_after", "facts"})
_CONDITION_WORDS: Final = frozenset({"when", "unless", "only_after", "any", "all", "not"})


class OfferKind(Enum):
    """What is offered."""

    KEY = "key"
    VALUE = "value"
    FACT = "fact"
    DEFINITION = "definition"
    VIOLATION = "violation"
    RULE = "rule"
    LAW = "law"
    ARTICLE = "article"


def kind_of(text: str) -> str:
    """What a document, perhaps unfinished, says it is; a case file may leave it out."""
    found = _KIND.search(text)
    return found[1] if found is not None and found[1] in KINDS else "cases"


@attrs.frozen
class Offer:
    """One thing that may be written at a position.

    Attributes:
        text: What is written.
        kind: What it is.
        label: What it is called, for people.
    """

    text: str
    kind: OfferKind
    label: str = ""

    @property
    def name(self) -> str:
        """What is named by it."""
        return self.text.removesuffix(": ")


@attrs.frozen(eq=False, slots=False)
class Offers:
    """Answers for one state of what is known.

    Attributes:
        knowledge: Facts, violations, rules.
        lang: Language of labels and pages.
    """

    knowledge: Knowledge
    lang: str
    _schemas: dict[str, Schema] = attrs.field(factory=dict, init=False)

    def at(self, text: str, line: int, column: int) -> list[Offer]:
        """What may be written at the position.

        Args:
            text: The document, perhaps unfinished.
            line: The line, from 0.
            column: The column, from 0, in characters.
        """
        cursor = cursor_at(text.split("\n"), line, column)
        if cursor.typed.startswith(("[", "{")):
            return []  # behind a bracket that was closed
        found = walk.SchemaWalk(self.schema(kind_of(text))).at(cursor.path)
        offers = {offer.text: offer for offer in self._offers(cursor, found, text)}
        return list(offers.values())

    def schema(self, kind: str) -> Schema:
        """The schema of the kind of document, with the facts that are known."""
        if kind not in self._schemas:
            self._schemas[kind] = schema_for(kind, self.knowledge.vocabulary)
        return self._schemas[kind]

    def page_of(self, kind: OfferKind, name: str) -> str:
        """More about what is offered, in Markdown; empty if there is no more to say."""
        knowledge = self.knowledge
        if kind is OfferKind.FACT and name in knowledge.vocabulary.facts:
            return fact_page(knowledge.vocabulary[name], self.lang)
        if kind is OfferKind.VIOLATION and name in knowledge.violations:
            violation = knowledge.violations[name]
            return violation_page(violation, knowledge.vocabulary, self.lang)
        if kind is OfferKind.RULE and name in self._rules:
            return rule_page(self._rules[name], knowledge, self.lang)
        return ""

    def page_at(self, text: str, line: int, column: int) -> str:
        """About the word at the position, in Markdown; empty if nothing is known of it.

        Args:
            text: The document.
            line: The line, from 0.
            column: The column, from 0, in characters.
        """
        lines = text.split("\n")
        word = word_at(lines[line] if line < len(lines) else "", column)
        cursor = cursor_at(lines, line, word.end)
        key = next((step for step in reversed(cursor.path) if step is not None), "")
        if {key, word.text} & (_PLACE_KEYS | {"law"}):
            siblings = {**cursor.siblings, key: word.text} if cursor.at_value else cursor.siblings
            law = _law(siblings)
            article = siblings.get("article", "")
            return "" if law is None else article_page(law, article, self.lang)
        for kind in (OfferKind.VIOLATION, OfferKind.RULE, OfferKind.FACT):
            page = self.page_of(kind, word.text)
            if page:
                return page
        return ""

    def declared_at(self, text: str, line: int, column: int) -> Location | None:
        """Where the fact, violation or rule at the position is declared.

        Args:
            text: The document.
            line: The line, from 0.
            column: The column, from 0, in characters.
        """
        lines = text.split("\n")
        word = word_at(lines[line] if line < len(lines) else "", column).text
        ruleset = _ID.search(text)
        names = [f"violation {word}", f"rule {word}", f"fact {word}"]
        if ruleset is not None:
            names.append(f"rule {ruleset[1]}/{word}")
        origins = self.knowledge.origins
        return next((origins[name].location for name in names if name in origins), None)

    def _offers(self, cursor: Cursor, found: Sequence[Schema], text: str) -> Iterator[Offer]:
        path = cursor.path
        if cursor.at_value or cursor.is_point:
            yield from self._names(cursor)
            for value in walk.values(found):
                yield self._value(value, path)
        if not cursor.at_value:
            for name, schema in walk.keys(found).items():
                if name not in cursor.siblings or cursor.is_point:
                    yield self._key(name, schema, cursor)
            if _takes_definitions(path):
                yield from self._definitions(text)

    def _names(self, cursor: Cursor) -> Iterator[Offer]:
        """Names that no schema lists: violations, rules, laws and their articles."""
        key = next((step for step in reversed(cursor.path) if step is not None), "")
        if key in _VIOLATION_KEYS:
            for name, violation in sorted(self.knowledge.violations.items()):
                yield Offer(name, OfferKind.VIOLATION, violation.title.in_(self.lang))
        elif key in _RULE_KEYS:
            for name, rule in sorted(self._rules.items()):
                yield Offer(name, OfferKind.RULE, rule.title.in_(self.lang))
        elif key == "law":
            for law in law_catalogue().laws:
                yield Offer(law.name.removeprefix(_STATE), OfferKind.LAW, law.category)
        elif key in _PLACE_KEYS:
            cited = _law(cursor.siblings)
            if cited is not None:
                for name in _places(cited, key, cursor.siblings):
                    yield Offer(name, OfferKind.ARTICLE, cited.name)

    @cached_property
    def _rules(self) -> Mapping[str, Rule]:
        return {rule.id: rule for one in self.knowledge.rulesets for rule in one.rules}

    def _key(self, name: str, schema: Schema, cursor: Cursor) -> Offer:
        fact = self.knowledge.vocabulary.facts.get(name) if _is_condition(cursor.path) else None
        if fact is None:
            return Offer(f"{name}: ", OfferKind.KEY, str(schema.get("description", "")))
        # As a point of a list a boolean stands alone, and is offered so.
        alone = cursor.is_point and fact.kind is Kind.BOOLEAN
        return Offer(name if alone else f"{name}: ", OfferKind.FACT, fact.label.in_(self.lang))

    def _value(self, value: str, path: Sequence[Step]) -> Offer:
        facts = self.knowledge.vocabulary.facts
        if value in facts and path[-1:] == (None,):
            return Offer(value, OfferKind.FACT, facts[value].label.in_(self.lang))
        fact = _fact_on(path, facts)
        if fact is not None and value in fact.ranks:
            return Offer(value, OfferKind.VALUE, fact.choice_label(value, self.lang))
        return Offer(value, OfferKind.VALUE)

    def _definitions(self, text: str) -> Iterator[Offer]:
        """Definitions of this document, and those of rulesets for its region and above."""
        own = _DEFINE.search(f"{text}\n")
        for name in _NAMED.findall(own[1]) if own is not None else ():
            yield Offer(name, OfferKind.DEFINITION)
        places = self._places_of(text)
        for ruleset in self.knowledge.rulesets:
            for name, definition in ruleset.definitions.items() if ruleset.region in places else ():
                yield Offer(name, OfferKind.DEFINITION, definition.label.in_(self.lang))

    def _places_of(self, text: str) -> Sequence[str]:
        """The region of the document and every region above it."""
        found = _REGION.search(text)
        regions = self.knowledge.regions
        if found is None or found[1] not in regions:
            return (NATIONAL,)
        return regions.ancestors(found[1])


def _is_condition(path: Sequence[Step]) -> bool:
    """Whether facts stand there: in a condition, or among the facts of a case."""
    return not _CONDITION_KEYS.isdisjoint(step for step in path if step is not None)


def _takes_definitions(path: Sequence[Step]) -> bool:
    """Whether a condition begins there, not the test of a fact."""
    key = next((step for step in reversed(path) if step is not None), "")
    return _is_condition(path) and (key in _CONDITION_WORDS or key.isdecimal())


def _fact_on(path: Sequence[Step], facts: Mapping[str, Fact]) -> Fact | None:
    """The fact of which a value is given there."""
    named = (facts.get(step) for step in reversed(path) if step is not None)
    return next((one for one in named if one is not None), None)


def _law(siblings: Mapping[str, str]) -> LawVersion | None:
    """The version of the law that is cited beside the position, by default the newest."""
    versions = law_catalogue().versions(siblings.get("law", ""))
    cited = siblings.get("version", "")
    of_day = [law for law in versions if law.version is not None and str(law.version) == cited]
    return next(iter(of_day or versions[-1:]), None)


def _places(law: LawVersion, key: str, siblings: Mapping[str, str]) -> Sequence[str]:
    """Articles of the law, paragraphs of the article, or items of the paragraph."""
    article, paragraph = siblings.get("article", ""), siblings.get("paragraph", "")
    if key == "article":
        return law.numbers
    if key == "paragraph":
        count = law.paragraphs(article)
    else:
        count = law.items(article, int(paragraph) if paragraph.isdecimal() else None)
    return [str(number) for number in range(1, count + 1)]

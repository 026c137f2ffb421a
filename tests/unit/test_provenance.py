from collections.abc import Callable
from copy import copy, deepcopy
from datetime import date
from pickle import dumps, loads

import attrs
import pytest

from bizrules.provenance import Citation, Instrument, InstrumentKind, Location, NormLevel, Text


class TestLocations:
    """A place is named as an editor understands it."""

    @pytest.mark.parametrize(
        ("location", "text"),
        [
            (Location("rules.yaml", 12, 5, "$.rules[1]"), "rules.yaml:12:5"),
            (Location("case 7", path="$.facts.harm"), "case 7 $.facts.harm"),
            (Location("case 7"), "case 7"),
        ],
    )
    def test_shown(self, location: Location, text: str) -> None:
        """With lines the place is a line and a column, without them a path."""
        assert str(location) == text


WARNING = Text(zh="警告", en="warning")


def _carried(text: Text) -> Text:
    """The text as another process gets it."""
    found = loads(dumps(text))  # noqa: S301 - made here
    assert isinstance(found, Text)
    return found


class TestTexts:
    """A text is read in the language asked for."""

    @pytest.mark.parametrize(("lang", "said"), [("zh", "警告"), ("en", "warning")])
    def test_language(self, lang: str, said: str) -> None:
        """Chinese and English are kept apart."""
        assert Text(zh="警告", en="warning").in_(lang) == said

    def test_said_when_it_is_read(self) -> None:
        """A text that a function says is asked for once in each language that is read."""
        asked: list[str] = []

        def say(lang: str) -> str:
            asked.append(lang)
            return WARNING.in_(lang)

        told = Text.said_by(say)
        assert asked == []
        assert [told.en, told.in_("en"), told.zh, told.zh] == ["warning", "warning", "警告", "警告"]
        assert asked == ["en", "zh"]

    def test_a_text_like_others(self) -> None:
        """A text that is yet to be said equals the one that says the same, in every use of it."""
        told = Text.said_by(WARNING.in_)
        assert told == WARNING
        assert Text.said_by(WARNING.in_) == told
        assert hash(Text.said_by(WARNING.in_)) == hash(WARNING)
        assert repr(Text.said_by(WARNING.in_)) == repr(WARNING)
        assert type(told) is Text
        assert attrs.evolve(Text.said_by(WARNING.in_), en="caution") == Text("警告", "caution")
        assert attrs.asdict(Text.said_by(WARNING.in_)) == {"zh": "警告", "en": "warning"}

    @pytest.mark.parametrize("again", [copy, deepcopy, _carried])
    def test_a_copy(self, again: Callable[[Text], Text]) -> None:
        """A copy says the same, wherever it is carried."""
        assert again(Text.said_by(WARNING.in_)) == WARNING

    def test_unfolded_when_it_is_said(self) -> None:
        """Between Chinese characters nothing is left of a fold, whenever the text is said."""
        assert Text.said_by(lambda _lang: "从轻 处罚").zh == "从轻处罚"

    def test_no_other_attribute(self) -> None:
        """A text has its languages, and nothing else that could be asked for."""
        for told in (WARNING, Text.said_by(WARNING.in_)):
            with pytest.raises(AttributeError, match="'Text' object has no attribute 'fr'"):
                told.fr  # type: ignore[attr-defined]  # noqa: B018 - the access is the test


class TestLevels:
    """Norms rank as the Legislation Law ranks them."""

    def test_order(self) -> None:
        """A law is above an administrative regulation, which is above the local ones."""
        assert sorted(NormLevel, reverse=True) == [
            NormLevel.LAW,
            NormLevel.ADMINISTRATIVE_REGULATION,
            NormLevel.LOCAL_REGULATION,
            NormLevel.RULE,
            NormLevel.DOCUMENT,
        ]

    def test_documents_are_not_law(self) -> None:
        """Only a normative document is neither law, regulation nor rule."""
        assert [level for level in NormLevel if not level.is_law] == [NormLevel.DOCUMENT]


class TestCitations:
    """A citation is what it cites, not where it was written."""

    def test_location_is_no_part(self) -> None:
        """The same article cited in two places is one citation."""
        one = Citation("行政处罚法", "33", 1, location=Location("a.yaml", 3, 1))
        other = Citation("行政处罚法", "33", 1, location=Location("b.yaml", 9, 1))
        assert one == other
        assert len({one, other}) == 1

    @pytest.mark.parametrize(
        "other",
        [
            Citation("行政处罚法", "33", 2),
            Citation("行政处罚法", "33-1", 1),
            Citation("行政处罚法", "33", 1, sentence=2),
            Citation("行政处罚法", "33", 1, version=date(2017, 9, 1)),
            Citation("行政处罚法", "33", 1, unverified=Text(zh="未核对", en="not checked")),
        ],
    )
    def test_every_part_counts(self, other: Citation) -> None:
        """Another paragraph, sentence or version is another citation."""
        assert Citation("行政处罚法", "33", 1) != other

    def test_instrument(self) -> None:
        """An instrument is equal by its content and cannot be changed."""
        one = Instrument(name="行政处罚法", level=NormLevel.LAW, kind=InstrumentKind.STATUTE)
        assert one == Instrument(
            name="行政处罚法", level=NormLevel.LAW, kind=InstrumentKind.STATUTE
        )
        with pytest.raises(AttributeError):
            one.name = "行政强制法"  # type: ignore[misc]

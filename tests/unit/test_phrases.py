import ast
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from string import Formatter

import pytest

import bizrules
from bizrules import phrases
from bizrules.cases import PartyKind
from bizrules.conditions import Op
from bizrules.facts import Answerer
from bizrules.outcomes import FineState, LawBasis, LawChoice, Verdict
from bizrules.penalties import Grade, Modality, PenaltyKind
from bizrules.phrases._en_outcome import OUTCOME as ENGLISH
from bizrules.phrases._zh_outcome import OUTCOME as CHINESE
from bizrules.provenance import NormLevel, Status
from bizrules.resolution import ROWS
from bizrules.rules import Axis, Measure
from bizrules.truth import Truth
from bizrules.values import Unit

SOURCE = Path(bizrules.__file__).parent
SPEAKING = {"phrase", "say", "name", "name_of"}
PHRASE_FILES = SOURCE / "phrases"


def fields_of(text: str) -> set[str]:
    """Names of the details that a phrase mentions."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def trees() -> Iterator[ast.Module]:
    """Every module of the library but the phrases themselves."""
    for path in sorted(SOURCE.rglob("*.py")):
        if PHRASE_FILES not in path.parents:
            yield ast.parse(path.read_text(encoding="utf-8"))


def pattern_of(node: ast.JoinedStr) -> str:
    """A regular expression for what the f-string may become."""
    parts = (
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+"
        for part in node.values
    )
    return "".join(parts)


def begins_like_a_key(node: ast.JoinedStr) -> bool:
    """Whether the f-string begins with a word and a dot."""
    first = node.values[0]
    return isinstance(first, ast.Constant) and bool(re.match(r"[a-z-]+\.", str(first.value)))


def called_name(node: ast.Call) -> str:
    """Name of the function called, without what it belongs to."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def keys_said() -> Iterator[tuple[str, bool]]:
    """Keys that the library says: each a pattern, and whether it is a key as it stands."""
    for tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or called_name(node) not in SPEAKING or not node.args:
                continue
            first = node.args[0]
            prefix = r"\..+" if called_name(node) in {"name", "name_of"} else ""
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield re.escape(first.value) + prefix, not prefix
            elif isinstance(first, ast.JoinedStr):
                yield pattern_of(first) + prefix, False


def words_written() -> tuple[set[str], set[str]]:
    """Every text in the source, and a pattern for every f-string that begins like a key."""
    constants: set[str] = set()
    patterns: set[str] = set()
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.add(node.value)
            elif isinstance(node, ast.JoinedStr) and begins_like_a_key(node):
                patterns.add(pattern_of(node))
    return constants, patterns | {pattern for pattern, _ in keys_said()}


class TestLanguages:
    """Every language says the same things."""

    def test_languages_have_the_same_keys(self) -> None:
        """No phrase is missing in either language."""
        assert phrases.keys("zh") == phrases.keys("en")
        assert CHINESE.keys() == ENGLISH.keys()

    def test_languages_mention_the_same_details(self) -> None:
        """A phrase has the same placeholders in both languages, and all of them have names."""
        for key, text in CHINESE.items():
            assert fields_of(text) == fields_of(ENGLISH[key]), key
            assert "" not in fields_of(text), key

    def test_chinese_is_written_with_chinese_punctuation(self) -> None:
        """A Chinese phrase has no half-width comma, semicolon, question mark or bracket."""
        for key, text in CHINESE.items():
            assert not re.search(r"[,;?()]", Formatter().vformat(text, (), _Blank())), key

    def test_english_holds_no_chinese(self) -> None:
        """An English phrase holds Chinese brackets round the name of a law and nothing else."""
        for key, text in ENGLISH.items():
            assert not re.search(r"[\u4e00-\u9fff，。；：（）]", text), key

    def test_only_whole_sentences_end_in_a_full_stop(self) -> None:
        """Both languages agree on which phrases are whole sentences."""
        for key, text in CHINESE.items():
            is_sentence = text.endswith("。") and text != "。"
            assert is_sentence == (ENGLISH[key].endswith(".") and ENGLISH[key] != "."), key


class _Blank(dict[str, object]):
    """Fills every placeholder with nothing."""

    def __missing__(self, key: str) -> str:
        """Nothing."""
        return ""


class TestUse:
    """The phrases and the source fit each other."""

    def test_every_key_said_exists(self) -> None:
        """A key written in the source, or some key of the family it writes, is a phrase."""
        known = phrases.keys("zh")
        for pattern, is_key in keys_said():
            fitting = [key for key in known if re.fullmatch(pattern, key)]
            assert fitting, f"{'key' if is_key else 'family'} {pattern}"

    def test_no_outcome_phrase_is_unused(self) -> None:
        """Every phrase of outcomes is written in the source, or belongs to a family that is."""
        constants, patterns = words_written()
        families = [re.compile(pattern) for pattern in patterns]
        for key in CHINESE:
            used = key in constants or any(family.fullmatch(key) for family in families)
            assert used, key

    @pytest.mark.parametrize(
        ("family", "members"),
        [
            ("unit", Unit),
            ("kind", PenaltyKind),
            ("measure", Measure),
            ("verdict", Verdict),
            ("who", Answerer),
            ("party", PartyKind),
            ("status", Status),
            ("truth", Truth),
            ("modality", Modality),
            ("fine.modality", Modality),
            ("effect.no-compulsion", Modality),
        ],
    )
    def test_every_member_has_a_name(self, family: str, members: type[Enum]) -> None:
        """Every member of an enumeration that is said to people has its phrase."""
        for member in members:
            assert phrases.has(f"{family}.{member.value}"), member

    def test_every_choice_of_law_has_words(self) -> None:
        """What is chosen between old and new law has its reason; old law applies where equal."""
        chosen = {LawChoice.OLD: set(LawBasis), LawChoice.NEW: {*LawBasis} - {LawBasis.EQUAL}}
        for choice in LawChoice:
            for basis in chosen.get(choice, ()):
                assert phrases.has(f"law.{choice.value}.{basis.value}")
            assert phrases.has(f"law.{choice.value}") is (choice not in chosen)

    def test_every_test_has_words(self) -> None:
        """Every test of a condition can be put in words."""
        for op in Op:
            assert phrases.has(f"test.{op.value}")
        for op in (Op.BELOW, Op.AT_MOST, Op.AT_LEAST, Op.ABOVE, Op.BETWEEN):
            assert phrases.has(f"test.level_{op.value}")

    def test_every_grade_has_words(self) -> None:
        """Every grade has a name and an opinion that binds or permits."""
        for grade in Grade:
            assert phrases.has(f"grade.{grade.code}")
            for modality in Modality:
                assert phrases.has(f"opinion.{modality.value}.{grade.code}")

    def test_every_row_has_a_reason(self) -> None:
        """Every row of the resolution table has a sentence, and so have set-off and open."""
        for row in (*ROWS, "set-off", "open"):
            assert phrases.say(f"row.{row}", "zh").endswith("。")
            assert phrases.say(f"row.{row}", "en").endswith(".")

    def test_every_level_and_month_has_a_name(self) -> None:
        """Ranks of norms and months have names."""
        for level in NormLevel:
            assert phrases.has(f"level.{level.name.lower()}")
        for month in range(1, 13):
            assert phrases.has(f"month.{month}")

    def test_enumerations_are_as_the_phrases_know_them(self) -> None:
        """A new state of the fine or axis would need new words: this test reminds of it."""
        assert {state.value for state in FineState} == {
            "none",
            "not_yet",
            "waived",
            "range",
            "symbolic",
            "undetermined",
        }
        assert {axis.value for axis in Axis} == {"penalty", "compulsion"}


class TestSaying:
    """A phrase is said with its details."""

    def test_details_are_filled_in(self) -> None:
        """The details stand where the phrase mentions them."""
        assert phrases.say("money", "zh", amount="66") == "66元"
        assert phrases.say("money", "en", amount="66") == "66 yuan"

    def test_details_are_not_read_as_phrases(self) -> None:
        """Braces in a detail stay what they are."""
        assert phrases.say("money", "zh", amount="{amount}") == "{amount}元"

    def test_unknown_keys_are_refused(self) -> None:
        """A key that no language has is an error of the program."""
        with pytest.raises(KeyError):
            phrases.say("nothing.of.the.kind", "zh")
        assert not phrases.has("nothing.of.the.kind")

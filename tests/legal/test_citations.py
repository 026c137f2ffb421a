"""Every citation of the encoded law stands in the law catalogue, or says why it cannot."""

from collections.abc import Iterator

from bizrules.checking import citations_of, citations_of_violation
from bizrules.engine import law_catalogue
from bizrules.provenance import Citation
from legal.encoded import engine


def _citations() -> Iterator[tuple[str, Citation]]:
    """Every citation, with the ruleset or violation that has it."""
    for ruleset in engine().rulesets:
        yield from ((ruleset.id, one) for one in citations_of(ruleset))
    for violation in engine().violations.values():
        yield from ((violation.id, one) for one in citations_of_violation(violation))


def _is_found(citation: Citation) -> bool:
    catalogue = law_catalogue()
    if citation.article is None:
        return citation.law in catalogue
    place = (citation.article, citation.paragraph, citation.item, citation.version)
    return catalogue.check(citation.law, *place).found


def test_every_citation_is_in_the_catalogue_or_gives_a_reason() -> None:
    """What the catalogue does not have is marked as not verified, with the reason in words."""
    assert [
        (owner, one.law, one.article, one.paragraph, one.item)
        for owner, one in _citations()
        if one.unverified is None and not _is_found(one)
    ] == []


def test_every_reason_is_given_in_both_languages() -> None:
    """A citation that is not verified says why in Chinese and in English."""
    reasons = [(owner, one.unverified) for owner, one in _citations() if one.unverified]
    assert [owner for owner, reason in reasons if not (reason.zh and reason.en)] == []


def test_every_rule_rests_on_a_place() -> None:
    """A rule cites an article or a number; an entry whose number was not seen says so."""
    unnumbered = {
        rule.id: rule.note.zh if rule.note else ""
        for rule in engine().rules.values()
        if not any(one.article or one.entry or one.number for one in rule.citations)
    }
    assert [name for name, note in unnumbered.items() if "来源未显示项号" not in note] == []

"""The package as an installed plugin."""

from bizrules.engine import Engine

COUNTS = {"exempt": 398, "lighter": 412, "mitigated": 237, "heavier": 704, "no_compulsion": 18}


def test_ships_its_own_region_only() -> None:
    """Every ruleset of the package is for Panlong."""
    engine = Engine.load()
    own = [ruleset for ruleset in engine.rulesets if ruleset.plugin == "bizrules-panlong"]
    assert own
    assert {ruleset.region for ruleset in own} == {"530103"}


def test_counts_are_those_published() -> None:
    """The counts by list add up to the 1,769 items that were published."""
    engine = Engine.load()
    ruleset = next(r for r in engine.rulesets if r.plugin == "bizrules-panlong")
    assert set(ruleset.lists) == set(COUNTS)
    totals = dict.fromkeys(COUNTS, 0)
    for batch in ruleset.batches:
        for name, count in batch.counts.items():
            totals[name] += count
    assert totals == COUNTS
    assert sum(totals.values()) == 1769


def test_no_invented_item() -> None:
    """No item of the published lists is encoded, because none is publicly stored."""
    engine = Engine.load()
    assert not [rule for rule in engine.rules.values() if rule.region == "530103"]

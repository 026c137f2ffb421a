"""What authors of rules test them with: golden cases and the scoreboard of published cases.

Nothing here needs pytest or the command line. Each name is imported from its module when it is
first asked for: the plugin of pytest lies in this package and is loaded in every run of pytest.
"""

from typing import TYPE_CHECKING, Final

from bizrules.late_imports import late_names

if TYPE_CHECKING:
    from bizrules.testing._alterations import Change
    from bizrules.testing._boundaries import Boundary, boundaries
    from bizrules.testing._goldens import Difference, GoldenResult, run_golden, run_goldens
    from bizrules.testing._matters import MatterResult, run_matter, run_matters
    from bizrules.testing._mutants import Mutant, mutants_of, sample_of
    from bizrules.testing._mutation import (
        Fate,
        MutantResult,
        MutationRun,
        MutationScore,
        with_rules,
    )
    from bizrules.testing._proof import Proof, Suggestions, prove, suggest
    from bizrules.testing._scoreboard import (
        Judgement,
        Scoreboard,
        ScoreRow,
        Standing,
        judge,
        scoreboard,
    )

__all__ = [
    "Boundary",
    "Change",
    "Difference",
    "Fate",
    "GoldenResult",
    "Judgement",
    "MatterResult",
    "Mutant",
    "MutantResult",
    "MutationRun",
    "MutationScore",
    "Proof",
    "ScoreRow",
    "Scoreboard",
    "Standing",
    "Suggestions",
    "boundaries",
    "judge",
    "mutants_of",
    "prove",
    "run_golden",
    "run_goldens",
    "run_matter",
    "run_matters",
    "sample_of",
    "scoreboard",
    "suggest",
    "with_rules",
]

_MODULES: Final = {
    "Boundary": "_boundaries",
    "Change": "_alterations",
    "Difference": "_goldens",
    "Fate": "_mutation",
    "GoldenResult": "_goldens",
    "Judgement": "_scoreboard",
    "MatterResult": "_matters",
    "Mutant": "_mutants",
    "MutantResult": "_mutation",
    "MutationRun": "_mutation",
    "MutationScore": "_mutation",
    "Proof": "_proof",
    "ScoreRow": "_scoreboard",
    "Scoreboard": "_scoreboard",
    "Standing": "_scoreboard",
    "Suggestions": "_proof",
    "boundaries": "_boundaries",
    "judge": "_scoreboard",
    "mutants_of": "_mutants",
    "prove": "_proof",
    "run_golden": "_goldens",
    "run_goldens": "_goldens",
    "run_matter": "_matters",
    "run_matters": "_matters",
    "sample_of": "_mutants",
    "scoreboard": "_scoreboard",
    "suggest": "_proof",
    "with_rules": "_mutation",
}


__getattr__ = late_names(globals(), _MODULES)


def __dir__() -> list[str]:
    """The public names."""
    return __all__

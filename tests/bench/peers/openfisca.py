"""OpenFisca: a variable for each fact and rule, a simulation for each violation's cases."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, Final

import attrs
import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable
from workload import FACTS

from bizrules.rules import Rule

from .forms import Every, Form, Leaf, facts_of, sure
from .written_numpy import Column, compare

PERIOD: Final = "2024-05"
Cases: Any = build_entity(key="case", plural="cases", label="case", is_person=True)


def _variable(name: str, value_type: type, formula: Callable[..., Any] | None = None) -> Any:  # noqa: ANN401 - a class of variables
    body: dict[str, Any] = {
        "value_type": value_type,
        "entity": Cases,
        "definition_period": DateUnit.MONTH,
        "label": name,
    }
    if formula is not None:
        body["formula"] = formula
    return type(name, (Variable,), body)


def _formula(form: Form) -> Callable[..., Any]:
    def formula(cases: Any, period: Any, _parameters: Any = None) -> Column:  # noqa: ANN401 - its own types
        def truth(node: Form) -> Column:
            if isinstance(node, Leaf):
                return compare(node, cases(node.fact, period))
            join = np.logical_and if isinstance(node, Every) else np.logical_or
            return reduce(join, map(truth, node.parts))

        return truth(form)

    return formula


def named(rule: str) -> str:
    """The id of a rule as the name of a variable."""
    return "rule_" + rule.replace("/", "_").replace("-", "_")


@attrs.frozen
class Written:
    """The rules of a workload as variables.

    Attributes:
        system: Facts and rules.
        own: For each violation, by its number, all its rules.
        reads: For each violation the facts they read.
    """

    system: Any
    own: Sequence[Sequence[str]]
    reads: Sequence[Sequence[str]]

    @classmethod
    def of(cls, own: Sequence[Sequence[Rule]]) -> "Written":
        """The rules as variables: a fact that is unknown has a value of which no test is true."""
        system = TaxBenefitSystem([Cases])
        for name in FACTS:
            is_code = name.startswith(("flag", "choice"))
            system.add_variable(_variable(name, int if is_code else float))
        forms = {rule.id: sure(rule.condition) for rules in own for rule in rules}
        for rule, form in forms.items():
            system.add_variable(_variable(named(rule), bool, _formula(form)))
        reads = [
            sorted({name for rule in rules for name in facts_of(forms[rule.id])}) for rules in own
        ]
        return cls(system, [[rule.id for rule in rules] for rules in own], reads)

    def match(
        self, number: int, columns: Mapping[str, Column], rows: Column
    ) -> Mapping[str, Column]:
        """Truths of the rules of a violation for some rows."""
        simulation = SimulationBuilder().build_default_simulation(self.system, len(rows))
        for name in self.reads[number]:
            simulation.set_input(name, PERIOD, columns[name][rows])
        return {rule: simulation.calculate(named(rule), PERIOD) for rule in self.own[number]}

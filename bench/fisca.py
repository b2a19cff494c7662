"""The amounts of a month in OpenFisca, which computes with arrays in memory and keeps nothing.

Beside the whole month it says how little of it is arithmetic.
"""

import time
from typing import Any

from bench.measure import Figure

PROVINCES = {"36": 110.0, "44": 217.0, "33": 300.0}


def peers(count: int) -> dict[str, Figure]:
    """Awards priced in a second."""
    return {"OpenFisca, the amounts alone, in memory": Figure(tuple(count / _month(count) for _ in range(3)))}


def _month(count: int) -> float:
    """Seconds of pricing this many awards of several provinces, from the inputs to the sum."""
    import numpy as np
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    person = build_entity(key="person", plural="persons", label="Person", is_person=True)

    def variable(name: str, kind: type, formula: Any = None) -> type:
        told = {"value_type": kind, "entity": person, "definition_period": DateUnit.MONTH, "label": name}
        return type(name, (Variable,), told | ({"formula": formula} if formula else {}))

    def living(persons: Any, period: Any) -> Any:
        province = persons("province", period)
        return np.select([province == int(code) for code in PROVINCES], list(PROVINCES.values()), 0)

    system = TaxBenefitSystem([person])
    system.add_variable(variable("province", int))
    system.add_variable(variable("living", float, living))
    started = time.perf_counter()
    simulation = SimulationBuilder().build_default_simulation(system, count=count)
    simulation.set_input("province", "2026-01", np.resize([int(code) for code in PROVINCES], count))
    total = float(simulation.calculate("living", "2026-01").sum())
    assert total > 0
    return time.perf_counter() - started

"""What the service keeps of the registry's households."""

from services.subsidy import person_tables
from tests.support.platform import Harness
from tests.support.registry_events import flagged, household, identifier


def test_flags_of_a_household_come_and_go_as_the_registry_tells(subsidy: Harness) -> None:
    subsidy.feed("registry", [household(1, "old_carer", "dibao"), household(2), household(3, "hardship")])
    subsidy.feed("registry", [flagged(2, "extreme_poverty"), flagged(3)])

    kept = {row.household_id: row.flags for row in subsidy.rows(person_tables.households)}
    assert kept == {identifier(1): "dibao,old_carer", identifier(2): "extreme_poverty", identifier(3): ""}

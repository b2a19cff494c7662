"""Projections made anew from the logs: equal when nothing was wrong, healed when something was."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chassis import schema
from chassis.office import service_class
from kernel.errors import Refusal
from services.rehab import tables as rehab_tables
from services.reporting import definitions
from services.reporting.tables import facts, merged_persons
from services.subsidy.person_tables import guardianships
from services.subsidy.tables import award_changes, awards
from tests.services.reporting import factories as told
from tests.services.reporting.steps import take, value
from tests.services.subsidy import monthly
from tests.support import registry_events
from tests.support.logged_office import LoggedOffice

ADDED = """
  employment.needs.registered:
    version: 1
    zh: 登记培训需求
    en: Training needs registered
    unit: person
    kind: flow
    measure: persons
    source: a test
    feeds:
      - event: employment.training_need_registered.v1
    cuts:
      - {zh: 登记培训需求, en: Training needs registered, whole: true}
"""


def execute(office: LoggedOffice, service: str, *statements: sa.Executable | str) -> None:
    """Change a database behind the service's back, its triggers too."""
    with office.service(service).runtime.database.write() as connection:
        for statement in statements:
            connection.execute(sa.text(statement) if isinstance(statement, str) else statement)


def unguard(office: LoggedOffice) -> None:
    sqlite = office.service("reporting").runtime.database.is_sqlite
    statements = ["drop trigger facts_no_update", "drop trigger facts_no_delete"]
    execute(office, "reporting", *(statements if sqlite else ["alter table facts disable trigger user"]))


def contents(office: LoggedOffice, service: str, table: sa.Table) -> list[tuple[Any, ...]]:
    """All rows without the numbers that the database gave."""
    columns = [column for column in table.columns if column is not table.autoincrement_column]
    with office.service(service).runtime.database.read() as connection:
        return sorted(map(tuple, connection.execute(sa.select(*columns))), key=str)


def acts(office: LoggedOffice, service: str) -> list[tuple[str, str, str]]:
    return [(row.act, row.done_by, row.reason) for row in office.service(service).rows(schema.operator_act)]


def test_what_was_followed_is_what_the_logs_give(office: LoggedOffice) -> None:
    office.a_year()
    office.follow("reporting")
    before = contents(office, "reporting", facts)
    outcome = office.rebuild("reporting", check_only=True)
    assert outcome.equal
    assert not outcome.switched
    assert outcome.positions == {"employment/1": 20, "registry/1": 40, "rehab/1": 20, "subsidy/1": 20}
    old, new = outcome.hashes["facts"]
    assert old == new
    assert len(before) > 100
    assert contents(office, "reporting", facts) == before
    assert acts(office, "reporting") == [("checked", "wang", "a test")]


@pytest.mark.parametrize("name", ["subsidy", "rehab", "employment", "reporting"])
def test_who_was_registered_twice_is_rebuilt_as_it_was_followed(office: LoggedOffice, name: str) -> None:
    office.record("registry", *(registry_events.registered(n) for n in range(1, 5)))
    office.record("registry", registry_events.merged(1, 2), registry_events.merged(3, 2))
    office.follow(name)
    # The kept one is merged in turn, one is undone.
    office.record("registry", *(registry_events.merged(n, 4) for n in (2, 1, 3)))
    office.record("registry", registry_events.unmerged(3, 4))
    office.follow(name)
    table = (
        merged_persons
        if name == "reporting"
        else office.service(name).runtime.service.tables.tables["persons"]
    )
    leads_to = table.c.kept_id if name == "reporting" else table.c.merged_into
    with office.service(name).runtime.database.read() as connection:
        rows = connection.execute(sa.select(table.c.person_id, leads_to).order_by(table.c.person_id)).all()
    who = registry_events.identifier
    assert [tuple(row) for row in rows if row[1]] == [(who(1), who(4)), (who(2), who(4))]
    assert office.rebuild(name, check_only=True).equal


def test_guardianships_are_rebuilt_as_they_were_followed(office: LoggedOffice) -> None:
    office.record("registry", *(registry_events.registered(n) for n in (1, 2)))
    office.record("registry", *(registry_events.guardian(n, 1) for n in (7, 8)))
    office.follow("subsidy")
    office.record("registry", registry_events.guardianship_ended(7, 1), registry_events.merged(1, 2))
    office.follow("subsidy")
    before = contents(office, "subsidy", guardianships)
    assert [row[4] for row in before] == [date(2024, 6, 30), None]
    assert office.rebuild("subsidy", check_only=True).equal
    execute(office, "subsidy", "update guardianships set until = null")
    healed = office.rebuild("subsidy")
    assert [each.table for each in healed.differences] == ["guardianships"]
    assert contents(office, "subsidy", guardianships) == before


def test_both_databases_give_the_same_hash(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    found = []
    for kind in ("sqlite", "postgresql"):
        folder = tmp_path / kind
        folder.mkdir()
        office = LoggedOffice.on(kind, folder, request)
        office.record("registry", *(registry_events.registered(n) for n in range(1, 6)))
        office.record("registry", *(told.issued(n) for n in range(1, 6)))
        office.follow("rehab")
        found.append(office.rebuild("rehab", check_only=True).hashes)
        office.remove()
    assert found[0] == found[1]


def test_a_row_changed_behind_the_triggers_is_named_and_healed(office: LoggedOffice) -> None:
    office.a_year()
    office.follow("reporting")
    before = contents(office, "reporting", facts)
    snapshot = take(office.service("reporting"))
    rows = office.service("reporting").rows(facts)
    unguard(office)
    execute(
        office,
        "reporting",
        sa.update(facts).where(facts.c.id == rows[0].id).values(value=77, region="341524999000"),
        sa.delete(facts).where(facts.c.id == rows[1].id),
        sa.insert(facts).values({**rows[2]._asdict(), "id": 10**6, "event_id": "f" * 32}),
    )
    found = office.rebuild("reporting", check_only=True)
    (difference,) = found.differences
    assert (difference.table, difference.surplus, difference.missing) == ("facts", 1, 1)
    assert difference.changed == {"region": 1, "value": 1}
    assert any(rows[0].event_id in sample for sample in difference.samples)
    assert contents(office, "reporting", facts) != before, "a check changes nothing"
    healed = office.rebuild("reporting")
    assert healed.switched
    assert healed.hashes["facts"][0] != healed.hashes["facts"][1]
    assert contents(office, "reporting", facts) == before
    assert take(office.service("reporting"))["hash"] == snapshot["hash"]
    assert office.rebuild("reporting", check_only=True).equal
    assert [act for act, _, _ in acts(office, "reporting")] == ["checked", "rebuilt", "checked"]


def test_the_tables_are_guarded_again_after_they_were_healed(office: LoggedOffice) -> None:
    office.a_year(count=3)
    office.follow("reporting")
    if office.service("reporting").runtime.database.is_sqlite:
        execute(office, "reporting", "drop trigger facts_no_delete")
        execute(office, "reporting", "delete from facts where id = 1")
    else:
        execute(
            office, "reporting", "alter table facts disable trigger user", "delete from facts where id = 1"
        )
    assert office.rebuild("reporting").switched
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        execute(office, "reporting", "update facts set value = 5")


def test_copies_of_person_facts_are_rebuilt_and_own_records_are_left_alone(office: LoggedOffice) -> None:
    office.a_year(count=5)
    office.record("registry", registry_events.household(1))
    office.follow("rehab")
    before = contents(office, "rehab", rehab_tables.persons)
    execute(office, "rehab", "update persons set grade = null", "delete from households")
    found = office.rebuild("rehab")
    assert {difference.table for difference in found.differences} == {"persons", "households"}
    assert contents(office, "rehab", rehab_tables.persons) == before
    assert len(contents(office, "rehab", rehab_tables.households)) == 1


def test_subsidy_does_not_decide_again(office: LoggedOffice) -> None:
    office.a_year(count=5)
    office.record("registry", registry_events.household(1, "dibao"))
    office.follow("subsidy")
    recorded = len(office.service("subsidy").event_rows())
    outcome = office.rebuild("subsidy")
    assert (outcome.equal, list(outcome.hashes)) == (
        True,
        ["guardianships", "households", "persons", "parked_event"],
    )
    assert len(office.service("subsidy").event_rows()) == recorded


def test_awards_that_news_ended_are_not_decided_on_again(office: LoggedOffice) -> None:
    region: dict[str, Any] = {"region": monthly.DISTRICT}
    office.record(
        "registry",
        registry_events.registered(1, **region),
        registry_events.certified(1, **region, acted_on=date(2020, 5, 17)),
    )
    office.follow("subsidy")
    subsidy = office.service("subsidy")
    assert monthly.grant(subsidy, monthly.nursing(1)) == ["created"]
    office.record(
        "registry", registry_events.cancelled(1, **region, reason="death", acted_on=date(2026, 4, 10))
    )
    office.follow("subsidy")
    before = [contents(office, "subsidy", table) for table in (awards, award_changes)]
    recorded = len(subsidy.event_rows())

    execute(office, "subsidy", "update persons set certified = true, grade = 4")
    outcome = office.rebuild("subsidy")

    assert [difference.table for difference in outcome.differences] == ["persons"]
    assert [contents(office, "subsidy", table) for table in (awards, award_changes)] == before
    assert len(subsidy.event_rows()) == recorded
    assert len(before[1]) == 1


def test_a_changed_catalogue_gives_its_figures_of_the_past(
    office: LoggedOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.a_year(count=3)
    office.follow("reporting")
    before = contents(office, "reporting", facts)
    folder = tmp_path / "catalogue"
    folder.mkdir()
    for file in definitions.DIRECTORY.glob("*.yaml"):
        added = ADDED if file.name == "employment.yaml" else ""
        (folder / file.name).write_text(file.read_text("utf-8") + added, "utf-8")
    monkeypatch.setattr(definitions, "DIRECTORY", folder)
    definitions.catalogue.cache_clear()
    try:
        assert office.rebuild("reporting").switched
        after = contents(office, "reporting", facts)
        figure = value(take(office.service("reporting")), "employment.needs.registered")
    finally:
        definitions.catalogue.cache_clear()
    assert figure == 3
    assert [row for row in after if "registry" in row] == [row for row in before if "registry" in row]


def test_what_can_be_applied_now_is_applied_and_what_was_given_up_stays_out(
    office: LoggedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.a_year(count=2)
    handler = service_class("rehab").followed()["registry"]
    poison = {registry_events.identifier(7), registry_events.identifier(8)}

    def follow_registry(self: Any, events: list[Any], tx: Any) -> None:
        if any(event.subject in poison for event in events):
            raise RuntimeError("an older program")
        handler(self, events, tx)

    office.record("registry", *(registry_events.registered(n) for n in (7, 8, 9)))
    with monkeypatch.context() as older:
        older.setattr(
            service_class("rehab"), "followed", classmethod(lambda _: {"registry": follow_registry})
        )
        office.follow("rehab")
    rehab = office.service("rehab")
    first, second = sorted(rehab.parked(), key=lambda row: row.position)
    fields = {"parked_id": second.id, "reason": "recorded by mistake"}
    rehab.call("discard_parked", fields, rehab.caller("system"))
    found = office.rebuild("rehab")
    by_table = {each.table: each for each in found.differences}
    assert (by_table["persons"].missing, by_table["parked_event"].surplus) == (1, 1)
    rehab = office.service("rehab")
    assert rehab.parked() == []
    known = {row.person_id for row in rehab.rows(rehab_tables.persons)}
    assert (first.subject in known, second.subject in known) == (True, False)
    assert office.rebuild("rehab", check_only=True).equal


def test_a_service_without_projections_is_refused(office: LoggedOffice) -> None:
    with pytest.raises(Refusal) as error:
        office.rebuild("registry")
    assert error.value.code == "rebuild.no_projection"

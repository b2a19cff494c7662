"""Acts on certificates: the history kept, the state it leads to, and what the other services are told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from contracts import registry as messages
from services.registry.tables import certificate_acts, certificates
from tests.services.registry.factories import act, citizen, person, registered, results
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP


def record(
    registry: Harness, *acts: dict[str, object], caller: str | None = None
) -> list[tuple[str, str | None]]:
    return results(registry.bulk("record_certificate_acts", acts, caller))


@pytest.mark.system("REG-02")
def test_a_certificate_lives_from_issue_to_cancellation(registry: Harness):
    [holder] = registered(registry)
    acts = [
        act(holder, "new", "2014-03-15", mode="home_visit"),
        act(holder, "cross_province", "2022-08-01"),
        act(holder, "renewal", "2024-03-01", certificate_number=citizen(1) + "42B1"),
        act(holder, "change", "2024-05-06", "41"),
        act(holder, "cancel", "2024-11-01", "41", reason="death"),
    ]
    assert record(registry, *acts) == [("created", None)] * 5
    told: list[Any] = [event for event in registry.events() if isinstance(event, messages.CertificateEvent)]
    assert [type(event).__name__ for event in told] == [
        "CertificateIssued",
        "CrossProvinceServed",
        "CertificateRenewed",
        "CertificateChanged",
        "CertificateCancelled",
    ]
    assert [event.mode for event in told] == ["home_visit", "office", "office", "office", "office"]
    assert [(event.grade, event.expires_on.year) for event in told] == [
        (2, 2024),
        (2, 2024),
        (2, 2034),
        (1, 2034),
        (1, 2034),
    ]
    assert (told[3].previous_category, told[3].previous_grade) == ("physical", 2)
    assert told[4].reason == "death"
    [certificate] = registry.rows(certificates)
    assert (certificate.status, certificate.cancelled_on) == ("cancelled", date(2024, 11, 1))
    assert {event.certificate_id for event in told} == {certificate.id}


@pytest.mark.system("REG-01")
def test_holders_can_be_counted_by_grade_and_by_category_with_the_same_total(registry: Harness):
    holders = registered(registry, *range(1, 8))
    assessments = ["11", "22", "33", "44", "51", "62"]
    acts = [
        act(holder, "new", "2020-01-01", assessment, sequence)
        for sequence, (holder, assessment) in enumerate(zip(holders, assessments, strict=False), start=1)
    ]
    acts.append(act(holders[0], "cancel", "2021-01-01", "11", reason="death"))
    record(registry, *acts)
    counts: dict[str, dict[Any, int]] = {}
    for column in (certificates.c.category, certificates.c.grade):
        query = sa.select(column, sa.func.count()).where(certificates.c.status == "valid").group_by(column)
        with registry.runtime.database.read() as connection:
            counts[column.name] = dict(list(connection.execute(query)))
    assert counts == {
        "category": {"hearing": 1, "speech": 1, "physical": 1, "intellectual": 1, "mental": 1},
        "grade": {1: 1, 2: 2, 3: 1, 4: 1},
    }


def test_the_history_keeps_both_sides_of_every_act(registry: Harness):
    [holder] = registered(registry)
    record(registry, act(holder, "new", "2014-03-15"), act(holder, "change", "2016-01-01", "21"))
    first, second = sorted(registry.rows(certificate_acts), key=lambda row: row.acted_on)
    assert (first.category_before, first.grade_before, first.expires_on_before) == (None, None, None)
    assert (first.category_after, first.grade_after, first.expires_on_after) == (
        second.category_before,
        second.grade_before,
        second.expires_on_before,
    )
    assert (second.category_after, second.grade_after) == ("hearing", 1)
    assert (second.recorded_by, second.standard) == ("clerk", "GB/T 26341-2010")


def test_acts_of_later_commands_go_on_from_the_stored_state(registry: Harness):
    [holder] = registered(registry)
    assert record(registry, act(holder, "new", "2014-03-15")) == [("created", None)]
    early, late = act(holder, "renewal", "2023-03-14"), act(holder, "renewal", "2023-03-15")
    assert record(registry, early) == [("registry.renewal_too_early", "acted_on")]
    assert record(registry, late) == [("created", None)]
    assert record(registry, act(holder, "change", "2023-03-14", "41")) == [
        ("registry.act_out_of_order", "acted_on")
    ]
    [certificate] = registry.rows(certificates)
    assert (certificate.issued_on, certificate.expires_on) == (date(2023, 3, 15), date(2033, 3, 15))


def test_bad_acts_are_refused_and_the_good_ones_kept(registry: Harness):
    one, two, three = registered(registry, 1, 2, 3)
    taken = act(two, "new", "2020-01-01", sequence=2, certificate_number=citizen(1) + "42")
    acts = [
        act(one, "new", "2020-01-01"),
        taken,
        act(three, "new", "2020-01-02", sequence=3, certificate_number=citizen(4) + "42"),
        act(two, "new", "2020-01-03", "52", sequence=2, certificate_number="42"),
        act(two, "new", "2020-01-04", "82", sequence=2),
        act("f" * 32, "new", "2020-01-05"),
        act(two, "new", "2007-12-31", sequence=2),
        act(two, "new", "1960-05-16", sequence=2),
        act(two, "cancel", "2020-01-06", sequence=2, reason="death"),
        act(one, "cancel", "2021-01-06"),
        act(two, "new", "2020-01-07", sequence=2),
        act(one, "new", "2020-01-01"),
        act(one, "new", "2020-01-01", mode="home_visit"),
        act(one, "new", "2020-01-08"),
    ]
    assert record(registry, *acts) == [
        ("created", None),
        ("registry.certificate_of_another_person", "certificate_number"),
        ("registry.certificate_of_another_person", "certificate_number"),
        ("certificate_number.malformed", "certificate_number"),
        ("certificate_number.category", "certificate_number"),
        ("registry.unknown_person", "person_id"),
        ("rule.not_in_force", "acted_on"),
        ("registry.act_before_birth", "acted_on"),
        ("registry.no_valid_certificate", "action"),
        ("registry.cancellation_reason", "reason"),
        ("created", None),
        ("unchanged", None),
        ("registry.act_differs", "ref"),
        ("registry.certificate_already_held", "action"),
    ]
    # Nor does a number tell whether it is, but for its digits of category and grade, somebody's.
    tries = [taken | {"ref": digits, "certificate_number": citizen(1) + digits} for digits in ("42", "43")]
    assert record(registry, *tries) == [("registry.certificate_of_another_person", "certificate_number")] * 2
    assert len(registry.rows(certificate_acts)) == len(registry.rows(certificates)) == 2


def test_an_act_whose_clocks_lie_beyond_the_calendar_is_refused_alone(registry: Harness):
    people = registered(registry, 1, 2, 3, 4)
    assert record(
        registry,
        *(act(each, "new", "2020-01-01", sequence=n) for n, each in enumerate(people[:3], start=1)),
        act(people[3], "new", "9989-12-31", sequence=4),
        act(people[0], "cancel", "9999-06-01", reason="death"),
        act(people[1], "leave", "9999-06-01", sequence=2),
        act(people[2], "cancel", "2021-01-06", sequence=3, reason="death"),
    ) == [
        *[("created", None)] * 3,
        *[("registry.date_out_of_range", "acted_on")] * 3,
        ("created", None),
    ]
    assert [each.status for each in registry.rows(certificates)] == ["valid", "valid", "cancelled"]
    assert len(registry.rows(certificate_acts)) == 4


def test_loading_a_history_twice_changes_nothing_and_tells_nobody(registry: Harness):
    [holder] = registered(registry)
    acts = [
        act(holder, "new", "2014-03-15"),
        act(holder, "change", "2016-01-01", "41"),
        act(holder, "cancel", "2018-01-01", "41", reason="withdrawn"),
        act(holder, "new", "2019-01-01"),
    ]
    assert record(registry, *acts) == [("created", None)] * 4
    stored = [registry.rows(certificates), registry.rows(certificate_acts), registry.events()]
    assert record(registry, *acts) == [("unchanged", None)] * 4
    assert [registry.rows(certificates), registry.rows(certificate_acts), registry.events()] == stored


def test_after_cancellation_the_same_number_may_be_given_again(registry: Harness):
    [holder] = registered(registry)
    record(
        registry,
        act(holder, "new", "2014-03-15"),
        act(holder, "cancel", "2018-01-01", reason="standard_not_met"),
    )
    assert record(registry, act(holder, "new", "2018-12-31")) == [
        ("registry.blocked_after_cancellation", "acted_on")
    ]
    assert record(registry, act(holder, "new", "2019-01-01")) == [("created", None)]
    [certificate] = registry.rows(certificates)
    assert (certificate.status, certificate.cancelled_on) == ("valid", None)


def test_an_office_acts_on_the_people_of_its_own_region_only(registry: Harness):
    [holder] = registered(registry)
    there = registry.clerk(OTHER_TOWNSHIP)
    tries = [
        act(holder, "new", "2014-03-15"),
        act(holder, "move_in", "2024-02-01", issued_on="2021-05-06"),
        act(holder, "cross_province", "2024-02-01"),
        act("f" * 32, "new", "2014-03-15", ref="nobody"),
    ]
    # Who lives elsewhere is answered as who does not exist.
    outcomes = registry.bulk("record_certificate_acts", tries, there)
    assert results(outcomes) == [("registry.unknown_person", "person_id")] * 4
    assert len({outcome["error"]["message"] for outcome in outcomes}) == 1
    assert registry.rows(certificates) == []


def test_the_history_can_be_neither_changed_nor_deleted(registry: Harness):
    [holder] = registered(registry)
    record(registry, act(holder, "new", "2014-03-15"))
    for statement in (
        sa.update(certificate_acts).values(acted_on=date(2015, 1, 1)),
        sa.delete(certificate_acts),
    ):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            registry.runtime.database.write() as connection,
        ):
            connection.execute(statement)


def test_no_event_on_a_certificate_holds_its_number(registry: Harness):
    [holder] = registered(registry)
    record(registry, act(holder, "new", "2014-03-15"), act(holder, "change", "2016-01-01", "41"))
    for row in registry.event_rows():
        assert citizen(1) not in str(tuple(row))
    assert citizen(1) not in str([tuple(row) for row in registry.rows(certificates)])


def test_a_thousand_acts_take_a_handful_of_statements(registry: Harness):
    holders = registered(registry, *range(1, 501))
    statements: list[str] = []
    engine = registry.runtime.database.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    acts = [
        act(holder, action, day, sequence=sequence)
        for sequence, holder in enumerate(holders, start=1)
        for action, day in (("new", "2014-03-15"), ("renewal", "2024-03-15"))
    ]
    assert set(record(registry, *acts)) == {("created", None)}
    assert len([text for text in statements if text.startswith("SELECT")]) <= 4
    assert len(statements) <= 15
    assert {row.expires_on for row in registry.rows(certificates)} == {date(2034, 3, 15)}


def test_a_person_without_certificate_is_known_all_the_same(registry: Harness):
    [outcome] = registry.bulk("register_persons", [person(1)])
    view = registry.call("find_person", {"person_id": outcome["id"]})
    assert view["certificate"] is None


def test_of_offices_acting_on_one_person_at_once_only_one_succeeds(registry: Harness):
    [holder] = registered(registry)
    record(registry, act(holder, "new", "2014-03-15"))
    start = Barrier(4)

    def cancel(number: int) -> tuple[str, str | None]:
        start.wait()
        cancellation = act(holder, "cancel", "2020-01-01", reason="withdrawn", ref=f"c-{number}")
        return record(registry, cancellation)[0]

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(cancel, range(4)))
    assert outcomes == [("created", None), *[("registry.no_valid_certificate", "action")] * 3]
    assert len(registry.rows(certificate_acts)) == 2

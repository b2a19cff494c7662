"""Applications for certificates, from the window to the card, and what the other services are told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from contracts import registry as messages
from services.registry.application_tables import application_acts, applications
from services.registry.tables import certificate_acts, certificates, persons
from tests.services.registry.application_records import (
    CREATED,
    NOT_MET,
    RESULT,
    application,
    applied,
    listed,
    plain,
    step,
    taken,
    through,
    told,
)
from tests.services.registry.factories import act, citizen, person, registered, results
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_VILLAGE, VILLAGE


def certified(registry: Harness, holder: str, *acts: dict[str, Any]) -> None:
    assert set(
        results(registry.bulk("record_certificate_acts", acts or [act(holder, "new", "2016-01-01")]))
    ) == {CREATED}


def view(registry: Harness, holder: str) -> Any:
    return registry.call("find_person", {"person_id": holder})["certificate"]


@pytest.mark.system("REG-02")
def test_an_application_ends_with_a_certificate_under_the_number_it_must_bear(registry: Harness):
    [holder] = registered(registry)
    assert applied(registry, application(holder, mode="home_visit")) == [CREATED]
    assert taken(registry, *through()) == [CREATED] * 5
    assert taken(registry, step("tell", "2024-03-13")) == [CREATED]
    kinds = [type(event).__name__ for event in told(registry, messages.ApplicationEvent)]
    assert kinds == [
        "ApplicationReceived",
        "ApplicationAccepted",
        "AssessmentCompleted",
        "ResultPosted",
        "ApplicationApproved",
        "ApplicationIssued",
        "ApplicantTold",
    ]
    [issued] = told(registry, messages.CertificateIssued)
    assert (issued.mode, issued.category, issued.grade) == ("home_visit", "physical", 2)
    assert (issued.acted_on, issued.expires_on) == (date(2024, 3, 12), date(2034, 3, 12))
    shown = view(registry, holder)
    assert (shown["standard"], shown["rated_on"]) == ("GB/T 26341-2010", "2024-03-04")
    # Under its real number the certificate can be cancelled, under another it cannot.
    cancel = act(holder, "cancel", "2024-05-01", reason="withdrawn")
    wrong = cancel | {"ref": "wrong", "certificate_number": citizen(1) + "43"}
    assert results(registry.bulk("record_certificate_acts", [wrong, cancel])) == [
        ("registry.category_or_grade_differs", "certificate_number"),
        CREATED,
    ]


@pytest.mark.system("REG-03")
def test_who_cannot_rise_is_assessed_at_home_and_the_family_shown_how_to_train(registry: Harness):
    [holder] = registered(registry)
    applied(registry, application(holder))
    at_home = step("assess", "2024-03-05", place="home", campaign="disability_day", guided=True)
    assert taken(registry, step("accept", "2024-03-04"), at_home) == [CREATED] * 2
    [event] = told(registry, messages.AssessmentCompleted)
    assert (event.place, event.campaign, event.guided, event.met) == ("home", "disability_day", True, True)
    assert listed(registry)["A-1"]["state"] == "assessed"


@pytest.mark.system("REG-02")
def test_every_kind_of_application_ends_with_its_own_act(registry: Harness):
    holders = registered(registry, *range(1, 8))
    kinds = ["renewal", "reissue", "replacement", "change", "move", "cancel", "reassessment"]
    certified(
        registry,
        "",
        *(act(holder, "new", "2014-06-01", sequence=n) for n, holder in enumerate(holders, start=1)),
    )
    more = {"move": {"to_region": OTHER_VILLAGE}, "cancel": {"reason": "withdrawn"}}
    more["reassessment"] = {"ground": "old_standard"}
    items = [
        application(holder, kind, kind, **more.get(kind, {}))
        for holder, kind in zip(holders, kinds, strict=True)
    ]
    assert applied(registry, *items) == [CREATED] * 7
    for kind in kinds:
        rated = kind in {"change", "reassessment"}
        steps = through(kind, grade=1) if kind == "change" else through(kind) if rated else plain(kind)
        assert set(taken(registry, *steps)) == {CREATED}, kind
    issued = {event.kind: event.action for event in told(registry, messages.ApplicationIssued)}
    assert issued == {kind: kind for kind in kinds} | {"reassessment": "reassess"}
    last = {row.person_id: row for row in registry.rows(certificates)}
    assert last[holders[0]].expires_on == date(2034, 3, 4)
    assert last[holders[3]].grade == 1
    assert last[holders[5]].status == "cancelled"
    assert (last[holders[6]].rated_on, last[holders[6]].issued_on) == (date(2024, 3, 4), date(2014, 6, 1))
    assert {row.id: row.region for row in registry.rows(persons)}[holders[4]] == OTHER_VILLAGE
    assert view(registry, holders[1])["number"].endswith("B1")


def test_a_renewal_or_reassessment_that_finds_another_grade_changes_and_one_that_finds_none_ends(
    registry: Harness,
):
    one, two = registered(registry, 1, 2)
    certified(registry, "", *(act(each, "new", "2014-06-01", sequence=n) for n, each in ((1, one), (2, two))))
    reassessment = {"ground": "visible_change"}
    applied(registry, application(one, "renewal", "A"), application(two, "reassessment", "B", **reassessment))
    renewed = [step("accept", "2024-03-04", "A"), step("assess", "2024-03-04", "A", grade=3)]
    renewed += [step("approve", "2024-03-05", "A"), step("issue", "2024-03-05", "A")]
    none = [
        item | {"category": None, "grade": None} if item["action"] == "assess" else item
        for item in through("B")
    ]
    assert set(taken(registry, *renewed, *none)) == {CREATED}
    assert [event.grade for event in told(registry, messages.CertificateChanged)] == [3]
    assert [event.reason for event in told(registry, messages.CertificateCancelled)] == ["standard_not_met"]


@pytest.mark.system("REG-03")
def test_a_dispute_that_succeeds_after_the_issue_changes_the_certificate(registry: Harness):
    [holder] = registered(registry)
    applied(registry, application(holder))
    taken(registry, *through())
    again = [
        step("dispute", "2024-03-14"),
        step("reassess", "2024-03-20", grade=1),
        step("post", "2024-03-20"),
        step("approve", "2024-03-28", ref="A-1-second-approval", application_ref="A-1"),
        step("issue", "2024-03-28", ref="A-1-second-issue", application_ref="A-1"),
    ]
    assert taken(registry, *again) == [CREATED] * 5
    assert [event.level for event in told(registry, messages.AssessmentDisputed)] == ["city"]
    [changed] = told(registry, messages.CertificateChanged)
    assert (changed.previous_grade, changed.grade, changed.acted_on) == (2, 1, date(2024, 3, 28))
    assert [event.level for event in told(registry, messages.AssessmentCompleted)] == [None, "city"]


def test_what_cannot_end_with_a_certificate_is_refused_at_the_window(registry: Harness):
    one, two, three = registered(registry, 1, 2, 3)
    certified(
        registry,
        "",
        act(one, "new", "2016-01-01"),
        act(two, "new", "2016-01-01", sequence=2),
        act(two, "cancel", "2023-06-01", sequence=2, reason="withdrawn"),
    )
    items = [
        application(one, "new", "A"),
        application(one, "renewal", "B"),
        application(two, "new", "C"),
        application(two, "renewal", "D"),
        application(three, "reissue", "E"),
        application("f" * 32, "new", "F"),
        application(three, "cancel", "G"),
        application(three, "new", "H", reason="death"),
        application(three, "new", "I", channel="any_window"),
        application(three, "new", "J", window=VILLAGE),
        application(three, "new", "K", channel="for_other_province"),
        application(one, "move", "L", to_region="341524999999"),
        application(three, "new", "M", applied_on="2007-12-31"),
        application(three, "new", "N"),
        application(three, "new", "N", mode="home_visit"),
        application(three, "cancel", "N", reason="death"),
        application(three, "new", "O"),
    ]
    assert applied(registry, *items) == [
        ("registry.certificate_already_held", "kind"),
        ("registry.renewal_too_early", "applied_on"),
        ("registry.blocked_after_cancellation", "applied_on"),
        ("registry.no_valid_certificate", "kind"),
        ("registry.no_valid_certificate", "kind"),
        ("registry.unknown_person", "person_id"),
        ("registry.application_fields", "reason"),
        ("registry.application_fields", "reason"),
        ("registry.application_fields", "window"),
        ("registry.application_fields", "window"),
        ("registry.application_fields", "counterpart"),
        ("registry.unknown_region", "to_region"),
        ("rule.not_in_force", "applied_on"),
        CREATED,
        ("registry.application_differs", "mode"),
        ("registry.application_differs", "kind"),
        ("registry.application_open", "kind"),
    ]
    assert applied(registry, items[-1]) == [("registry.application_open", "kind")]
    taken(registry, step("withdraw", "2024-03-05", "N"))
    assert applied(registry, items[-1]) == [CREATED]


def test_steps_that_do_not_fit_are_refused_and_the_rest_is_kept(registry: Harness):
    [holder] = registered(registry)
    applied(registry, application(holder))
    assert taken(
        registry,
        step("approve", "2024-03-04"),
        step("accept", "2024-03-04", "unknown"),
        step("accept", "2024-03-04"),
        step("accept", "2024-03-04", assessor="H-1"),
        step("assess", "2024-03-05", grade=None),
        step("assess", "2024-03-05", ref="right", application_ref="A-1"),
        step("issue", "2024-03-05"),
    ) == [
        ("registry.application_state", "action"),
        ("registry.unknown_application", "application_ref"),
        CREATED,
        ("registry.application_act_differs", "ref"),
        ("registry.application_act_fields", "grade"),
        CREATED,
        ("registry.application_state", "action"),
    ]


def test_an_issue_that_the_rules_of_certificates_forbid_leaves_the_application_approved(registry: Harness):
    """Another office's act came first."""
    [holder] = registered(registry)
    applied(registry, application(holder))
    *steps, issue = through()
    taken(registry, *steps)
    certified(registry, "", act(holder, "new", "2024-03-11", "43"))
    assert taken(registry, issue) == [("registry.certificate_already_held", "action")]
    assert listed(registry)["A-1"]["state"] == "approved"
    assert len(registry.rows(certificate_acts)) == 1


def test_loading_twice_changes_nothing_and_tells_nobody(registry: Harness):
    [holder] = registered(registry)
    items, steps = [application(holder)], through()
    applied(registry, *items)
    taken(registry, *steps)
    tables = (applications, application_acts, certificates, certificate_acts)
    stored = [*map(registry.rows, tables), registry.events()]
    assert applied(registry, *items) == [("unchanged", None)]
    assert taken(registry, *steps) == [("unchanged", None)] * 5
    assert [*map(registry.rows, tables), registry.events()] == stored


def test_of_clerks_issuing_one_application_at_once_only_one_succeeds(registry: Harness):
    [holder] = registered(registry)
    applied(registry, application(holder))
    *steps, _ = through()
    taken(registry, *steps)
    start = Barrier(4)

    def issue(number: int) -> Any:
        start.wait()
        return taken(registry, step("issue", "2024-03-12", ref=f"i-{number}", application_ref="A-1"))[0]

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(issue, range(4)))
    assert outcomes == [CREATED, *[("registry.application_state", "action")] * 3]
    assert len(told(registry, messages.CertificateIssued)) == 1


def test_the_history_can_be_neither_changed_nor_deleted(registry: Harness):
    [holder] = registered(registry)
    applied(registry, application(holder))
    taken(registry, step("accept", "2024-03-04"))
    for statement in (sa.update(application_acts).values(action="issue"), sa.delete(application_acts)):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            registry.runtime.database.write() as connection,
        ):
            connection.execute(statement)


def test_a_thousand_steps_take_a_handful_of_statements(registry: Harness):
    refs = [f"A-{number}" for number in range(200)]
    outcomes = registry.bulk("register_persons", [person(n) for n in range(1, 201)])
    items = [application(each["id"], ref=ref) for each, ref in zip(outcomes, refs, strict=True)]
    assert set(applied(registry, *items)) == {CREATED}
    statements: list[str] = []
    sa.event.listen(
        registry.runtime.database.engine, "before_cursor_execute", lambda *call: statements.append(call[2])
    )
    assert set(taken(registry, *(each for ref in refs for each in through(ref)))) == {CREATED}
    assert len(statements) <= 25


def test_nothing_of_an_application_holds_a_number_of_a_person(registry: Harness):
    [holder] = registered(registry)
    applied(registry, application(holder))
    taken(registry, *through(**RESULT | NOT_MET))
    kept = [*registry.rows(applications), *registry.rows(application_acts), *registry.event_rows()]
    assert citizen(1) not in str([tuple(row) for row in kept])

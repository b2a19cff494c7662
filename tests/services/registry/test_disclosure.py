"""Who sees what of a person: masked by default, plain with a purpose and an audit."""

import pytest
import sqlalchemy as sa

from chassis import schema
from chassis.rpc import Refused
from tests.services.registry.factories import ACCOUNT, PHONE, act, citizen, person, registered
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE

REVEAL = {"fields": ["phone", "id_number"], "purpose": "核对银行退回的补贴"}


def test_a_person_is_shown_masked(registry: Harness):
    [person_id] = registered(registry)
    registry.bulk("record_certificate_acts", [act(person_id, "new", "2014-03-15")])
    view = registry.call("find_person", {"person_id": person_id}, registry.auditor())
    certificate = view.pop("certificate")
    assert view == {
        "person_id": person_id,
        "name": "欧阳＊",
        "id_number": f"999999********{citizen(1)[14:]}",
        "phone": "138****5678",
        "bank_account": "6217***********2345",
        "sex": "male",
        "birth_month": "1960-05",
        "region": VILLAGE,
        "household_id": None,
        "merged_into": None,
    }
    assert certificate.pop("certificate_id")
    assert certificate == {
        "number": f"999999********{citizen(1)[14:]}**",
        "category": "physical",
        "grade": 2,
        "status": "valid",
        "standard": "GB/T 26341-2010",
        "rated_on": "2014-03-15",
        "issued_on": "2014-03-15",
        "expires_on": "2024-03-15",
    }


@pytest.mark.parametrize(("method", "more"), [("find_person", {}), ("reveal_person", REVEAL)])
def test_a_person_of_another_office_is_as_good_as_unknown(registry: Harness, method, more):
    [person_id] = registered(registry)
    there = registry.clerk(OTHER_TOWNSHIP)
    answers = []
    for asked, caller in ((person_id, there), ("f" * 32, None)):
        with pytest.raises(Refused) as refused:
            registry.call(method, {"person_id": asked, **more}, caller)
        answers.append((refused.value.code, refused.value.message, refused.value.facts))
    assert answers[0] == answers[1]
    assert answers[0][0] == "registry.unknown_person"
    assert registry.rows(schema.access_audit) == []


def test_reading_in_plain_is_written_down_with_its_purpose(registry: Harness):
    [person_id] = registered(registry)
    reply = registry.call("reveal_person", {"person_id": person_id, **REVEAL}, registry.auditor())
    assert reply == {"person_id": person_id, "values": {"id_number": citizen(1), "phone": PHONE}}
    [row] = registry.rows(schema.access_audit)
    assert (row.actor, row.subject_id, row.fields) == ("auditor", person_id, "id_number,phone")
    assert row.purpose == REVEAL["purpose"]
    assert registry.audit_problems() == []


def test_every_reading_is_a_row_of_an_unbroken_chain(registry: Harness):
    for person_id in registered(registry, 1, 2, 3):
        asked = {"person_id": person_id, "fields": ["bank_account"], "purpose": "发放名单"}
        assert registry.call("reveal_person", asked)["values"] == {"bank_account": ACCOUNT}
    assert len(registry.rows(schema.access_audit)) == 3
    assert registry.audit_problems() == []
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        registry.runtime.database.write() as connection,
    ):
        connection.execute(sa.update(schema.access_audit).values(purpose="别的"))


def test_reading_again_with_the_same_key_is_written_down_again(registry: Harness):
    [person_id] = registered(registry)
    command = {"idempotency_key": "reveal-once", "person_id": person_id, **REVEAL}
    assert registry.call("reveal_person", command) == registry.call("reveal_person", command)
    assert len(registry.rows(schema.access_audit)) == 2


def test_a_field_that_is_not_known_is_read_as_nothing(registry: Harness):
    [outcome] = registry.bulk("register_persons", [person(1, phone=None)])
    reply = registry.call("reveal_person", {"person_id": outcome["id"], **REVEAL})
    assert reply["values"]["phone"] is None


def test_nothing_is_read_without_a_purpose_or_by_a_stranger_to_the_task(registry: Harness):
    [person_id] = registered(registry)
    with pytest.raises(Refused, match=r"request\.invalid"):
        registry.call("reveal_person", {"person_id": person_id, "fields": ["phone"], "purpose": ""})
    with pytest.raises(Refused, match=r"access\.role"):
        registry.call("reveal_person", {"person_id": person_id, **REVEAL}, registry.maker())


def test_persons_are_resolved_within_the_callers_region(registry: Harness):
    items = [person(1), person(2, region=OTHER_VILLAGE), person(14, id_number=citizen(14).lower())]
    first, second, third = (outcome["id"] for outcome in registry.bulk("register_persons", items))
    asked = [citizen(1), citizen(2), citizen(14), citizen(99), "no number"]
    reply = registry.call("resolve_persons", {"id_numbers": asked})
    assert reply["found"] == {
        citizen(1): first,
        citizen(2): second,
        citizen(14): third,
    }
    township = registry.clerk(TOWNSHIP)
    here = registry.call("resolve_persons", {"id_numbers": asked}, township)["found"]
    assert set(here.values()) == {first, third}

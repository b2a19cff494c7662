"""What the chassis does around a handler: callers, regions, keys, faults, jobs, on both databases."""

from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from chassis import schema
from chassis.follow import EpochConflict, Gap
from chassis.rpc import Refused
from chassis.stream import receive
from contracts import registry as messages
from tests.support.platform import Harness
from tests.support.sink.service import SinkService, seen
from tests.support.source.service import SourceService, regions

DAY = "2024-01-01"


def region(code: str, name: str = "somewhere") -> dict[str, str]:
    return {"code": code, "name": name, "valid_from": DAY}


@pytest.fixture
def source(database_url: str) -> Iterator[Harness]:
    harness = Harness(SourceService, database_url)
    yield harness
    harness.close()


@pytest.fixture
def sink(database_url: str) -> Iterator[Harness]:
    harness = Harness(SinkService, database_url)
    SinkService.poison = set()
    yield harness
    harness.close()


def code_of(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.code


def test_state_event_and_reply_commit_together(source: Harness) -> None:
    fields = {"idempotency_key": "key-00000001", "items": [region("341524100000")]}
    first = source.call("record_regions", fields)
    assert first["outcomes"][0]["outcome"] == "created"
    assert len(source.rows(regions)) == len(source.event_rows()) == len(source.rows(schema.reply)) == 1


def test_the_same_key_with_the_same_input_returns_the_first_reply(source: Harness) -> None:
    fields = {"idempotency_key": "key-00000001", "items": [region("341524100000")]}
    assert source.call("record_regions", fields) == source.call("record_regions", fields)
    assert len(source.event_rows()) == 1


def test_the_same_key_with_other_input_is_refused(source: Harness) -> None:
    source.call("record_regions", {"idempotency_key": "key-00000001", "items": [region("341524100000")]})
    with pytest.raises(Refused) as error:
        source.call("record_regions", {"idempotency_key": "key-00000001", "items": [region("341524200000")]})
    assert code_of(error) == "request.key_reused"
    assert len(source.rows(regions)) == 1


def test_two_callers_may_choose_the_same_key(source: Harness) -> None:
    for name, code in (("wang", "341524100000"), ("li", "341524200000")):
        fields = {"idempotency_key": "key-00000001", "items": [region(code)]}
        source.call("record_regions", fields, source.caller("clerk", subject=name))
    assert len(source.rows(regions)) == 2


def test_a_fault_rolls_everything_back_and_tells_the_caller_nothing(source: Harness) -> None:
    with pytest.raises(Refused) as error:
        source.bulk("record_regions", [region("341524100000"), region("341524200000", "fault")])
    assert code_of(error) == "internal_error"
    assert "110105" not in str(error.value)
    assert source.rows(regions) == source.event_rows() == source.rows(schema.reply) == []


def test_a_bad_record_is_rejected_and_counted_and_the_good_ones_are_kept(source: Harness) -> None:
    labels = {"service": "registry", "method": "record_regions", "code": "record.invalid"}
    before = REGISTRY.get_sample_value("canlian_rejected_records_total", labels) or 0.0
    outcomes = source.bulk("record_regions", [region("341524100000"), {"code": "x"}, region("110000000000")])
    assert [o["outcome"] for o in outcomes] == ["created", "rejected", "rejected"]
    assert outcomes[1]["error"]["code"] == "record.invalid"
    assert REGISTRY.get_sample_value("canlian_rejected_records_total", labels) == before + 1
    assert outcomes[2]["error"]["code"] == "access.region"
    assert [row.code for row in source.rows(regions)] == ["341524100000"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"items": [], "idempotency_key": "key-00000001"}, "request.invalid"),
        ({"items": [{}], "idempotency_key": "short"}, "request.invalid"),
        ({"items": [{}], "idempotency_key": "key-00000001", "surprise": 1}, "request.invalid"),
        ({}, "request.invalid"),
    ],
)
def test_a_malformed_command_is_refused(source: Harness, fields: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as error:
        source.call(
            "record_regions", {"idempotency_key": "key-00000001", **fields} if fields else {"items": 3}
        )
    assert code_of(error) == code


def test_a_caller_without_the_role_or_a_token_is_refused(source: Harness) -> None:
    fields = {"items": [region("341524100000")]}
    for token, code in ((source.auditor(), "access.role"), ("nonsense", "access.token_malformed")):
        with pytest.raises(Refused) as error:
            source.call("record_regions", fields, token)
        assert code_of(error) == code


def test_a_handler_that_checks_no_region_is_refused(source: Harness) -> None:
    with pytest.raises(Refused) as error:
        source.call("register_households", {"items": [{}]})
    assert code_of(error) == "internal_error"
    assert source.rows(schema.reply) == []


def test_the_database_itself_refuses_to_change_history(source: Harness) -> None:
    source.bulk("record_regions", [region("341524100000")])
    for statement in (sa.delete(regions), sa.update(regions).values(name="other")):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            source.runtime.database.write() as connection,
        ):
            connection.execute(statement)
    assert source.rows(regions)[0].name == "somewhere"


def test_a_job_goes_on_after_its_last_committed_step(source: Harness) -> None:
    source.bulk("record_regions", [region("341524100000", "slowly")])
    runner = source.job_runner()
    assert not runner._run_step(source.rows(schema.job)[0].id)
    assert source.rows(schema.job)[0].done == 1
    source.run_jobs()
    job = source.rows(schema.job)[0]
    assert (job.state, job.done) == ("done", 3)
    names = [event.name for event in source.events() if isinstance(event, messages.RegionRecorded)]
    assert names == ["slowly", "step 1", "step 2", "step 3"]
    assert source.run_jobs() == 0


def test_the_log_is_read_by_position(source: Harness) -> None:
    source.bulk("record_regions", [region("341524100000")])
    reply = source.call("events_after", {"position": 0}, source.caller("system"))
    assert reply == {"events": [], "last": 0, "agrees": True}, "an event without a position is not told"


def recorded(code: str, name: str = "somewhere") -> messages.RegionRecorded:
    return messages.RegionRecorded(region=code, name=name, valid_from=date(2024, 1, 1))


def test_duplicates_are_dropped_by_position(sink: Harness) -> None:
    batch = sink.feed("registry", [recorded("341524100000"), recorded("341524200000")])
    follower = sink.follower("registry")
    assert follower.apply(batch) == 0
    assert follower.apply([*batch, sink.received("registry", recorded("341524300000"), 3)]) == 1
    assert [row.position for row in sink.rows(seen)] == [1, 2, 3]


def test_a_gap_is_told_after_what_comes_before_it(sink: Harness) -> None:
    follower = sink.follower("registry")
    events = [sink.received("registry", recorded("341524100000"), position) for position in (1, 3)]
    with pytest.raises(Gap) as gap:
        follower.apply(events)
    assert gap.value.position == 1
    assert [row.position for row in sink.rows(seen)] == [1]


def test_poison_is_parked_with_the_later_events_of_its_subject(sink: Harness) -> None:
    SinkService.poison = {"bad"}
    sink.feed(
        "registry", [recorded("341524100000"), recorded("341524200000", "bad"), recorded("341524300000")]
    )
    sink.feed("registry", [recorded("341524200000", "later"), recorded("341524100000", "later")])
    assert [row.subject for row in sink.rows(seen)] == ["341524100000", "341524300000", "341524100000"]
    assert [(row.position, row.reason) for row in sink.parked()] == [
        (2, "refused: sink.poisoned"),
        (4, "an earlier event of this subject is parked"),
    ]
    assert sink.follower("registry").position() == 5


def test_an_unknown_version_is_parked_and_the_rest_flows_on(sink: Harness) -> None:
    good, newer, last = (sink.received("registry", recorded(f"34152{n}100000"), n) for n in (1, 2, 3))
    headers = {**newer.headers, "type": "registry.region_recorded.v9"}
    assert sink.follower("registry").apply([good, receive(headers, newer.data), last]) == 3
    assert [row.position for row in sink.rows(seen)] == [1, 3]
    assert sink.parked()[0].reason == "unknown type or version registry.region_recorded.v9"


def test_a_restored_source_that_lost_applied_events_is_a_conflict(sink: Harness) -> None:
    sink.feed("registry", [recorded("341524100000"), recorded("341524200000")])
    again = sink.received("registry", recorded("341524300000"), 2, epoch=2)
    with pytest.raises(EpochConflict):
        sink.follower("registry").apply([again])
    goes_on = sink.received("registry", recorded("341524300000"), 3, epoch=2)
    assert sink.follower("registry").apply([goes_on]) == 1


def test_parked_events_are_applied_again_after_a_fix_and_the_decision_is_kept(sink: Harness) -> None:
    SinkService.poison = {"bad"}
    sink.feed("registry", [recorded("341524200000", "bad"), recorded("341524200000", "later")])
    operator = sink.caller("system", subject="operator")
    subject = {"source": "registry", "subject": "341524200000"}
    still = sink.call("redrive_parked", subject, operator)
    assert still == {"applied": 0, "left": 2, "reason": "refused: sink.poisoned"}
    SinkService.poison = set()
    assert sink.call("redrive_parked", {**subject, "dry_run": True}, operator)["applied"] == 2
    assert sink.rows(seen) == [], "a dry run changes nothing"
    assert sink.call("redrive_parked", subject, operator) == {"applied": 2, "left": 0, "reason": None}
    assert [row.name for row in sink.rows(seen)] == ["bad", "later"]
    decisions = sink.rows(schema.parked_decision)
    assert [(row.decision, row.decided_by) for row in decisions] == [("redriven", "operator")] * 2
    sink.feed("registry", [recorded("341524200000", "goes on")])
    assert len(sink.rows(seen)) == 3


def test_a_parked_event_is_given_up_with_a_reason(sink: Harness) -> None:
    SinkService.poison = {"bad"}
    sink.feed("registry", [recorded("341524200000", "bad")])
    operator = sink.caller("system", subject="operator")
    listed = sink.call("list_parked", {}, sink.auditor())
    assert listed["total"] == 1
    fields = {"parked_id": listed["events"][0]["parked_id"], "reason": "the region was recorded by mistake"}
    with pytest.raises(Refused) as error:
        sink.call("discard_parked", fields, sink.clerk())
    assert code_of(error) == "access.role"
    sink.call("discard_parked", fields, operator)
    assert sink.parked() == []
    assert sink.rows(schema.parked_decision)[0].reason == "the region was recorded by mistake"


def three_parked(sink: Harness) -> list[int]:
    """Three events of one subject, parked behind the first; their numbers."""
    SinkService.poison = {"bad"}
    sink.feed("registry", [recorded("341524200000", name) for name in ("bad", "second", "third")])
    return [row.id for row in sorted(sink.parked(), key=lambda row: row.position)]


@pytest.mark.parametrize("given_up", [0, 1, 2])
def test_whichever_event_of_a_subject_is_given_up_the_others_are_applied_in_their_order(
    sink: Harness, given_up: int
) -> None:
    parked = three_parked(sink)
    operator = sink.caller("system", subject="operator")
    fields = {"parked_id": parked[given_up], "reason": "recorded by mistake"}
    assert sink.call("discard_parked", {**fields, "dry_run": True}, operator)["left"] == 2
    assert len(sink.parked()) == 3, "a dry run changes nothing"
    assert sink.call("discard_parked", fields, operator)["left"] == 2
    SinkService.poison = set()
    sink.feed("registry", [recorded("341524200000", "fourth")])
    assert sink.rows(seen) == [], "what is left waits for the operator, and so do later events"
    redriven = sink.call("redrive_parked", {"source": "registry", "subject": "341524200000"}, operator)
    assert redriven == {"applied": 3, "left": 0, "reason": None}
    names = ["bad", "second", "third", "fourth"]
    assert [row.name for row in sink.rows(seen)] == names[:given_up] + names[given_up + 1 :]


def test_a_decision_is_taken_once(sink: Harness) -> None:
    first, *_ = three_parked(sink)
    operator = sink.caller("system", subject="operator")
    fields = {"parked_id": first, "reason": "recorded by mistake", "idempotency_key": "key-00000001"}
    told = sink.call("discard_parked", fields, operator)
    assert sink.call("discard_parked", fields, operator) == told
    with pytest.raises(Refused) as error:
        sink.call("discard_parked", {**fields, "idempotency_key": "key-00000002"}, operator)
    assert code_of(error) == "parked.none"
    assert len(sink.rows(schema.parked_decision)) == 1

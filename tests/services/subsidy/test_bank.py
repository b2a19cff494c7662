"""What goes to the bank and comes back: files taken whole or not at all, returns mended and sent again."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from chassis import schema
from chassis.rpc import Refused
from contracts import subsidy as messages
from services.subsidy import tables
from services.subsidy.bank_tables import bank_answers, bank_batches, bank_receipts, instructions, pay_accounts
from services.subsidy.handlers import instruct as instructing
from tests.services.subsidy import factories
from tests.services.subsidy.steps import (
    approve,
    balances,
    batches,
    events,
    fetch,
    find,
    freeze,
    give_accounts,
    held,
    instruct,
    receive,
    settle,
)
from tests.support.bank import Bank, receipt, rewritten
from tests.support.platform import Harness
from tests.support.registry_events import identifier, merged, registered

NEW_CARD = "6230000000000000001"

pytestmark = pytest.mark.system("SUB-12")


@pytest.fixture
def run(subsidy: Harness) -> dict[str, Any]:
    """A run of three that the bank was told of."""
    subsidy.bulk("record_fund_allotments", [factories.allotment(amount="3000.00")])
    subsidy.feed("rehab", [factories.placed_in_care(n) for n in (1, 2, 3)])
    approved = approve(subsidy, freeze(subsidy, "care"))
    give_accounts(subsidy)
    return instruct(subsidy, approved)


@pytest.fixture
def file(subsidy: Harness, run: dict[str, Any]) -> bytes:
    """Its file for the bank."""
    return fetch(subsidy, batches(subsidy, run)[0]["batch_id"])


def refused(subsidy: Harness, receipt: bytes) -> tuple[str, Any]:
    """The code, and the line at fault; nothing was taken."""
    before = len(subsidy.events())
    with pytest.raises(Refused) as told:
        receive(subsidy, receipt)
    assert len(subsidy.events()) == before
    assert subsidy.rows(bank_receipts) == subsidy.rows(bank_answers) == []
    return told.value.code, told.value.facts.get("line")


def mend(subsidy: Harness, number: int, usable: bool = True) -> None:
    """A new card for a person: asked for, decided on, and waited for."""
    changed = factories.account(identifier(number), ref=f"BG-{number}", number=NEW_CARD)
    subsidy.bulk("record_pay_accounts", [changed])
    decision = {"ref": f"JD-{number}", "account_ref": f"BG-{number}", "decision": "approved"}
    subsidy.bulk("decide_pay_accounts", [decision], subsidy.checker())
    if usable:
        today = sa.update(pay_accounts).values(usable_from=datetime.now(UTC).date())
        with subsidy.runtime.database.write() as connection:
            connection.execute(today.where(pay_accounts.c.ref == f"BG-{number}"))


# The file for the bank ---------------------------------------------------------------------------


def test_the_bank_is_told_once_and_nobody_is_paid_before_it_answers(
    subsidy: Harness, run: dict[str, Any], file: bytes
) -> None:
    again = instruct(subsidy, run)

    _, lines, _ = Bank.read(file)
    assert [line[3] for line in lines] == [factories.account_number(identifier(n)) for n in (1, 2, 3)]
    assert [line[5] for line in lines] == ["2000.00"] * 3
    assert (again["state"], again["paid_lines"]) == ("instructed", 0)
    assert len(events(subsidy, messages.PaymentInstructed)) == 3
    assert events(subsidy, messages.PaymentMade) == []
    assert subsidy.rows(tables.payments) == []


def test_the_same_batch_gives_the_same_bytes_and_each_look_is_on_the_record(
    subsidy: Harness, run: dict[str, Any], file: bytes
) -> None:
    [batch] = batches(subsidy, run)

    assert fetch(subsidy, batch["batch_id"]) == file
    reads = subsidy.rows(schema.access_audit)
    purpose = f"bank_file {batch['batch_id']}"
    assert [(row.subject_id, row.purpose) for row in reads] == [
        (identifier(n), purpose) for n in (1, 2, 3)
    ] * 2
    assert subsidy.audit_problems() == []


def test_a_person_learns_who_read_their_account_and_others_do_not(subsidy: Harness, file: bytes) -> None:
    asked, elsewhere = {"person_id": identifier(2)}, subsidy.clerk(region="360121000000")
    assert file
    subsidy.feed("registry", [registered(2), registered(4)])

    [read] = subsidy.call("list_account_reads", asked)["reads"]

    assert (read["actor"], read["fields"]) == ("maker", ["pay_accounts.holder", "pay_accounts.number"])
    assert subsidy.call("list_account_reads", {"person_id": identifier(4)})["reads"] == []
    for caller, whose in ((elsewhere, asked), (None, {"person_id": "f" * 32})):
        with pytest.raises(Refused, match=r"subsidy\.unknown_person"):
            subsidy.call("list_account_reads", whose, caller)


def test_a_person_that_was_registered_twice_learns_it_of_either_record(subsidy: Harness, file: bytes) -> None:
    assert file
    subsidy.feed("registry", [registered(2), registered(4), merged(2, 4)])

    assert len(subsidy.call("list_account_reads", {"person_id": identifier(4)})["reads"]) == 1


def test_no_account_and_no_name_is_in_an_event_or_a_kept_reply(subsidy: Harness, file: bytes) -> None:
    assert file
    told = [row.data for row in subsidy.event_rows()] + [row.reply for row in subsidy.rows(schema.reply)]

    assert told
    for secret in (factories.account_number(identifier(1)), "王小明"):
        assert not [text for text in told if secret in str(text)]


def test_a_batch_of_another_division_is_as_unknown_as_one_that_does_not_exist(
    subsidy: Harness, run: dict[str, Any]
) -> None:
    answers = []
    for batch_id in (batches(subsidy, run)[0]["batch_id"], "0" * 32):
        elsewhere = subsidy.maker(region="360121000000")
        with pytest.raises(Refused) as told:
            subsidy.call("fetch_bank_file", {"batch_id": batch_id}, elsewhere)
        answers.append((told.value.code, told.value.message))

    assert answers == [("subsidy.unknown_batch", answers[0][1])] * 2


def test_a_run_that_nobody_approved_is_not_told_to_the_bank(subsidy: Harness) -> None:
    subsidy.feed("rehab", [factories.placed_in_care(1)])
    run = freeze(subsidy, "care")

    with pytest.raises(Refused) as told:
        instruct(subsidy, run)

    assert told.value.code == "subsidy.run_not_approved"


# Receipts ----------------------------------------------------------------------------------------


def test_a_receipt_makes_the_payments_on_the_day_that_the_bank_tells(
    subsidy: Harness, run: dict[str, Any], file: bytes
) -> None:
    told = receive(subsidy, Bank().answer(file, day="20241212"))

    assert (told["paid_lines"], told["paid_amount"], told["returned_lines"]) == (3, "6000.00", 0)
    assert {event.paid_on.isoformat() for event in events(subsidy, messages.PaymentMade)} == {"2024-12-12"}
    assert find(subsidy, run["run_id"])["state"] == "paid"


def test_the_same_receipt_again_changes_nothing(subsidy: Harness, file: bytes) -> None:
    receipt = Bank().answer(file)
    first = receive(subsidy, receipt)
    recorded = len(subsidy.events())

    again = receive(subsidy, receipt)

    assert again == first | {"outcome": "unchanged"}
    assert len(subsidy.events()) == recorded


def test_a_bank_may_answer_by_parts(subsidy: Harness, run: dict[str, Any], file: bytes) -> None:
    bank = Bank()
    receive(subsidy, bank.answer(file, places={1, 3}))
    part = find(subsidy, run["run_id"])
    receive(subsidy, bank.answer(file, places={2}))

    assert (part["state"], part["paid_lines"]) == ("instructed", 2)
    assert find(subsidy, run["run_id"])["state"] == "paid"
    assert len(events(subsidy, messages.PaymentMade)) == 3


def test_a_receipt_that_is_cut_off_anywhere_is_refused_whole(subsidy: Harness, file: bytes) -> None:
    receipt = Bank().answer(file)
    ends = [place for place, byte in enumerate(receipt, start=1) if byte == ord("\n")]

    for end in (*ends[:-1], ends[1] + 7, len(receipt) - 1):
        assert refused(subsidy, receipt[:end])[0] in {"subsidy.receipt_cut_off", "subsidy.receipt_malformed"}


def edited(place: int, field: int, value: str) -> Callable[[list[list[str]]], list[list[str]]]:
    """A change of one field of one line, counted from 0."""

    def change(lines: list[list[str]]) -> list[list[str]]:
        lines[place][field] = value
        return lines

    return change


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (lambda lines: [lines[1], lines[0], lines[2]], "out_of_order", 3),
        (lambda lines: [*lines, lines[2]], "out_of_order", 5),
        (edited(0, 2, "f" * 32), "foreign", 2),
        (edited(1, 3, "2000.01"), "foreign", 3),
        (edited(2, 1, "4"), "foreign", 4),
        (edited(0, 6, "20241209"), "day", 2),
        (edited(2, 6, "20991231"), "day", 4),
        (edited(2, 6, "20241301"), "malformed", 4),
        (edited(0, 4, "77"), "malformed", 2),
        (edited(0, 4, "01"), "malformed", 2),
        (edited(1, 5, "A1"), "malformed", 3),
        (lambda lines: [lines[0], lines[1][:5], lines[2]], "malformed", 3),
    ],
)
def test_a_receipt_with_one_wrong_line_is_refused_whole_with_that_line(
    subsidy: Harness, file: bytes, change: Any, code: str, line: int
) -> None:
    receipt = rewritten(Bank().answer(file), change)

    assert refused(subsidy, receipt) == (f"subsidy.receipt_{code}", line)


def test_a_receipt_whose_bytes_were_changed_is_refused(subsidy: Harness, file: bytes) -> None:
    receipt = Bank().answer(file)

    assert refused(subsidy, receipt.replace(b"20241210", b"20241211", 1)) == ("subsidy.receipt_totals", 5)
    assert refused(subsidy, receipt.replace(b"T|3", b"T|4")) == ("subsidy.receipt_totals", 5)


def test_a_receipt_of_another_office_is_refused(subsidy: Harness, run: dict[str, Any], file: bytes) -> None:
    batch_id = batches(subsidy, run)[0]["batch_id"].encode()

    code, _ = refused(subsidy, Bank().answer(file).replace(batch_id, b"0" * 32))

    assert code == "subsidy.unknown_batch"


def test_a_receipt_for_a_batch_that_is_still_written_is_refused(
    subsidy: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    subsidy.feed("rehab", [factories.placed_in_care(1)])
    approved = approve(subsidy, freeze(subsidy, "care"))
    give_accounts(subsidy)

    def killed(*_: object) -> None:
        raise InterruptedError

    monkeypatch.setattr(instructing, "_seal", killed)
    with pytest.raises(InterruptedError):
        instruct(subsidy, approved)
    [batch], [told] = subsidy.rows(bank_batches), subsidy.rows(instructions)

    early = receipt(batch.id, [["D", "1", told.id, "2000.00", "00", "", "20241210"]])
    with pytest.raises(Refused) as refused:
        receive(subsidy, early)

    assert refused.value.code == "subsidy.batch_unsealed"


def test_a_line_that_another_receipt_has_answered_is_not_answered_again(
    subsidy: Harness, file: bytes
) -> None:
    receive(subsidy, Bank().answer(file, places={1}))

    with pytest.raises(Refused) as told:
        receive(subsidy, Bank().answer(file))

    assert (told.value.code, told.value.facts["line"]) == ("subsidy.receipt_repeated", 2)
    assert len(events(subsidy, messages.PaymentMade)) == 1


# What came back ----------------------------------------------------------------------------------


def test_a_closed_account_is_mended_by_two_persons_and_paid_once(
    subsidy: Harness, run: dict[str, Any], file: bytes
) -> None:
    bank = Bank({factories.account_number(identifier(2)): "A2"})
    receive(subsidy, bank.answer(file))
    [waiting] = held(subsidy)
    assert (waiting["reason"], waiting["remedy"], waiting["state"]) == ("account_closed", "account", "open")
    assert balances(subsidy)["payable:superior:care"] == ("3000.00", "4000.00")

    unmended = instruct(subsidy, run)
    mend(subsidy, 2, usable=False)
    cooling = instruct(subsidy, run)
    assert len(batches(subsidy, run)) == 1
    assert unmended["state"] == cooling["state"] == "instructed"
    mend(subsidy, 2)
    paid = settle(subsidy, instruct(subsidy, run), bank)

    assert (paid["state"], paid["paid_lines"]) == ("paid", 3)
    [again] = events(subsidy, messages.PaymentReissued)
    [back] = events(subsidy, messages.PaymentReturned)
    assert again.reissue_of == back.instruction_id == waiting["instruction_id"]
    assert again.instruction_id != back.instruction_id
    assert held(subsidy) == []
    assert len({event.person_id for event in events(subsidy, messages.PaymentMade)}) == 3
    assert {account: debit for account, (debit, credit) in balances(subsidy).items() if debit == credit} == {
        "funds:superior:care": "3000.00",
        "payable:county:care": "4000.00",
        "payable:superior:care": "4000.00",
        "transit:county:care": "4000.00",
        "transit:superior:care": "4000.00",
    }


def test_a_fault_of_the_bank_is_tried_again_with_the_same_account(
    subsidy: Harness, run: dict[str, Any], file: bytes
) -> None:
    receive(subsidy, Bank({factories.account_number(identifier(1)): "B1"}).answer(file))
    assert [each["remedy"] for each in held(subsidy)] == ["bank"]

    assert settle(subsidy, instruct(subsidy, run), Bank())["state"] == "paid"


@pytest.mark.parametrize(("code", "reason"), [("C1", "holder_deceased"), ("X9", "other")])
def test_a_dead_or_unknown_case_is_not_sent_again_by_itself(
    subsidy: Harness, run: dict[str, Any], file: bytes, code: str, reason: str
) -> None:
    receive(subsidy, Bank({factories.account_number(identifier(1)): code}).answer(file))
    mend(subsidy, 1)

    instruct(subsidy, run)

    assert [(each["reason"], each["remedy"]) for each in held(subsidy)] == [(reason, "stop")]
    assert len(batches(subsidy, run)) == 1


def test_who_has_no_account_waits_on_the_work_list_and_is_paid_when_there_is_one(subsidy: Harness) -> None:
    subsidy.feed("rehab", [factories.placed_in_care(n) for n in (1, 2)])
    run = instruct(subsidy, approve(subsidy, freeze(subsidy, "care")))
    assert (run["state"], batches(subsidy, run)) == ("instructed", [])
    assert [(each["reason"], each["instruction_id"]) for each in held(subsidy)] == [("no_account", None)] * 2

    give_accounts(subsidy)
    paid = settle(subsidy, instruct(subsidy, run), Bank())

    assert (paid["state"], paid["paid_lines"]) == ("paid", 2)
    assert len(events(subsidy, messages.PaymentInstructed)) == 2
    assert events(subsidy, messages.PaymentReissued) == []


def test_what_is_granted_later_is_planned_while_the_bank_has_not_answered(
    subsidy: Harness, run: dict[str, Any]
) -> None:
    subsidy.feed("rehab", [factories.placed_in_care(4)])

    later = freeze(subsidy, "care")

    assert later["run_id"] != run["run_id"]
    assert (later["state"], later["lines"]) == ("frozen", 1)


def test_the_work_list_shows_the_caller_s_own_division(subsidy: Harness, file: bytes) -> None:
    receive(subsidy, Bank({factories.account_number(identifier(1)): "A1"}).answer(file))

    elsewhere = subsidy.call("list_held_payments", {}, subsidy.clerk("341524104000"))

    assert elsewhere["held"] == []
    assert len(held(subsidy)) == 1


# The database itself -----------------------------------------------------------------------------


def test_the_database_itself_refuses_a_second_instruction_that_waits_for_an_answer(
    subsidy: Harness, run: dict[str, Any]
) -> None:
    assert run
    copy = subsidy.rows(instructions)[0]._asdict() | {"id": "f" * 32, "seq": 99}

    with pytest.raises(sa.exc.IntegrityError), subsidy.runtime.database.write() as connection:
        connection.execute(sa.insert(instructions).values(copy))


def test_the_database_itself_refuses_to_send_what_was_held_up_twice(
    subsidy: Harness, run: dict[str, Any], file: bytes
) -> None:
    receive(subsidy, Bank({factories.account_number(identifier(1)): "B1"}).answer(file))
    instruct(subsidy, run)
    again = next(row for row in subsidy.rows(instructions) if row.held_id)
    copy = again._asdict() | {"id": "f" * 32, "seq": 99}

    with pytest.raises(sa.exc.IntegrityError), subsidy.runtime.database.write() as connection:
        connection.execute(sa.insert(instructions).values(copy))


@pytest.mark.parametrize("table", [instructions, bank_receipts, bank_answers])
@pytest.mark.parametrize("change", [sa.update, sa.delete])
def test_what_the_bank_was_told_and_said_cannot_be_changed(
    subsidy: Harness, file: bytes, table: sa.Table, change: type
) -> None:
    receive(subsidy, Bank().answer(file))
    key = next(iter(table.primary_key))
    statement = change(table)
    if change is sa.update:
        statement = statement.values({key.name: "f" * 32})

    with (
        pytest.raises(sa.exc.DatabaseError, match="append-only"),
        subsidy.runtime.database.write() as connection,
    ):
        connection.execute(statement)

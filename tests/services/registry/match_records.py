"""Records of matching, with defaults for all that a test does not care about."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from services.registry.domain.matching import Check
from services.registry.names import name_columns, word_rows
from services.registry.tables import CERTIFICATE_NUMBER, ID_NUMBER, certificates, name_words, persons
from tests.services.registry.factories import act, citizen, results
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import VILLAGE

AS_OF = "2018-05-31"
MATCHED_ON = "2018-06-07"
NAME = "测试"


def certified(registry: Harness, *people: tuple[int, str, date]) -> list[str]:
    """Register persons with certificates: number within the day of birth, digits of the assessment, birth."""
    registered = [
        {
            "id_number": citizen(sequence, born),
            "name": NAME,
            "region": VILLAGE,
            "registered_on": "2016-01-01",
        }
        for sequence, _, born in people
    ]
    ids = [outcome["id"] for outcome in registry.bulk("register_persons", registered)]
    acts = [
        act(person_id, "new", "2016-02-01", assessment, sequence)
        | {
            "ref": f"new-{citizen(sequence, born)}",
            "certificate_number": citizen(sequence, born) + assessment,
        }
        for person_id, (sequence, assessment, born) in zip(ids, people, strict=True)
    ]
    assert {code for code, _ in results(registry.bulk("record_certificate_acts", acts))} == {"created"}
    return ids


def grown_ups() -> Iterator[str]:
    """Citizen numbers of persons born in the sixties, all different."""
    day = date(1960, 1, 1)
    while True:
        yield from (citizen(sequence, day) for sequence in range(1, 1000))
        day += timedelta(days=1)


def populate(registry: Harness, numbers: Sequence[str], region: str = VILLAGE) -> None:
    """Put certified persons straight into the tables, severe ones of all categories that need care.

    For tests of what comes after: registering tens of thousands would take longer than what is tested.
    """
    with registry.runtime.transaction(registry.runtime.system()) as tx:
        tx.no_scope("a test")
        rows: list[dict[str, Any]] = []
        words: list[dict[str, Any]] = []
        held: list[dict[str, Any]] = []
        for number in numbers:
            person_id = tx.new_id()
            rows.append(
                {
                    "id": person_id,
                    "id_number": "not opened by these tests",
                    "id_number_index": ID_NUMBER.index(tx.vault, number),
                    **name_columns(tx, person_id, NAME),
                    "sex": "male",
                    "birth_date": date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
                    "region": region,
                    "registered_on": date(2016, 1, 1),
                    "recorded_at": tx.now,
                }
            )
            words += word_rows(tx, person_id, NAME)
            category = ("physical", "intellectual", "mental")[len(held) % 3]
            held.append(
                {
                    "id": tx.new_id(),
                    "person_id": person_id,
                    "number": "not opened by these tests",
                    "number_index": CERTIFICATE_NUMBER.index(tx.vault, number),
                    "category": category,
                    "grade": len(held) % 2 + 1,
                    "standard": "GB/T 26341-2010",
                    "issued_on": date(2016, 2, 1),
                    "expires_on": date(2026, 2, 1),
                    "last_act_on": date(2016, 2, 1),
                    "status": "valid",
                }
            )
        for first in range(0, len(rows), 1000):
            tx.insert(persons, rows[first : first + 1000])
            tx.insert(certificates, held[first : first + 1000])
        for first in range(0, len(words), 1000):
            tx.insert(name_words, words[first : first + 1000])


def department_list(kind: str, ref: str | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "ref": ref or f"B-{kind}",
        "kind": kind,
        "region": COUNTY,
        "source": "县扶贫办",
        "as_of": AS_OF,
        "received_on": "2018-06-01",
    } | changes


def listed(registry: Harness, kind: str, numbers: Sequence[str], **changes: Any) -> str:
    """Record a list with these persons on it; returns its reference."""
    record = department_list(kind, **changes)
    assert results(registry.bulk("record_department_lists", [record])) == [("created", None)]
    for first in range(0, len(numbers), 1000):
        part = numbers[first : first + 1000]
        rows = [{"list_ref": record["ref"], "id_number": number} for number in part]
        outcomes = results(registry.bulk("record_department_rows", rows))
        assert outcomes == [("created", None)] * len(part)
    return str(record["ref"])


def run(*checks: str, ref: str = "D-1", lists: Sequence[str] = (), **changes: Any) -> dict[str, Any]:
    record = {"ref": ref, "region": COUNTY, "matched_on": MATCHED_ON}
    return record | {"checks": list(checks), "list_refs": list(lists)} | changes


def matched(registry: Harness, *checks: str, lists: Sequence[str] | None = None, **changes: Any) -> str:
    """Run a match to its end, by default with the lists that its checks need; returns its identifier."""
    if lists is None:
        rules = registry.runtime.rules.at(date.fromisoformat(changes.get("matched_on", MATCHED_ON)))
        lists = sorted({f"B-{kind}" for name in checks for kind in Check.of(rules, name).lists})
    [outcome] = registry.bulk("start_match_runs", [run(*checks, lists=lists, **changes)])
    assert outcome["outcome"] == "created", outcome
    registry.run_jobs()
    return str(outcome["id"])


def findings(registry: Harness, caller: str | None = None, **asked: Any) -> list[dict[str, Any]]:
    """All findings that a caller sees, page by page."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = registry.call("list_match_findings", {"limit": 1000, "after": after} | asked, caller)
        found += page["findings"]
        after = page["after"]
        if after is None:
            return found


_FIELDS: dict[str, dict[str, Any]] = {
    "assign": {"officer": "zhang", "due_on": "2018-06-30"},
    "verify": {"outcome": "confirmed", "officer": "li", "due_on": "2018-07-31"},
    "close": {"result": "benefit_opened"},
}


def step(action: str, acted_on: str, finding: str = "D-1/000001", **changes: Any) -> dict[str, Any]:
    """A step with the fields that its action needs."""
    named = {"ref": f"{finding}-{action}-{acted_on}", "match_finding_ref": finding, "action": action}
    return named | {"acted_on": acted_on} | _FIELDS[action] | changes


def taken(registry: Harness, *steps: dict[str, Any], caller: str | None = None) -> list[Any]:
    """Record steps; what became of each."""
    return results(registry.bulk("record_match_finding_acts", steps, caller))

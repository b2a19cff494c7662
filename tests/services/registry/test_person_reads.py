"""A person's own access log: who read what, when, and why."""

import pytest

from chassis.rpc import Refused
from tests.services.registry.case_records import case, received
from tests.services.registry.factories import registered
from tests.services.registry.network_records import archive, document, organisation, stands
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, VILLAGE

PURPOSE = "核对银行退回的补贴"


@pytest.mark.system("REG-01")
def test_a_person_learns_who_read_their_data_and_their_files(registry: Harness):
    person, other = registered(registry, 1, 2)
    received(registry, case("X-1", "2024-03-01", person_id=person))
    [file] = registry.call("list_cases", {})["cases"]
    for subject in (person, other):
        asked = {"person_id": subject, "fields": ["phone", "name"], "purpose": PURPOSE}
        registry.call("reveal_person", asked, registry.auditor())
    registry.call("reveal_case", {"case_id": file["case_id"], "purpose": "回访信访人"})
    page = registry.call("list_person_reads", {"person_id": person})
    assert [(read["actor"], read["purpose"], read["fields"]) for read in page["reads"]] == [
        ("clerk", "回访信访人", ["case.content", "case.petitioner", "case.text"]),
        ("auditor", PURPOSE, ["name", "phone"]),
    ]
    first = registry.call("list_person_reads", {"person_id": person, "limit": 1})
    rest = registry.call("list_person_reads", {"person_id": person, "after": first["after"]})
    assert [*first["reads"], *rest["reads"]] == page["reads"]
    assert (page["after"], rest["after"]) == (None, None)


def test_what_the_network_keeps_of_a_person_is_in_the_log_as_well(registry: Harness):
    [person] = registered(registry)
    stands(registry, "register_organisations", organisation("O-V", VILLAGE))
    stands(registry, "record_archives", archive())
    stands(registry, "record_archive_documents", document(person_id=person))
    [paper] = registry.call("list_archive_documents", {"person_id": person})["documents"]
    asked = {"kind": "archive_document", "file_id": paper["archive_document_id"], "purpose": PURPOSE}
    registry.call("reveal_file", asked)
    [read] = registry.call("list_person_reads", {"person_id": person})["reads"]
    assert read["fields"] == ["archive_document.title"]


def test_the_log_is_for_those_in_charge_of_the_person(registry: Harness):
    [person] = registered(registry)
    asked = {"person_id": person}
    with pytest.raises(Refused, match=r"registry\.unknown_person"):
        registry.call("list_person_reads", asked, registry.clerk(OTHER_TOWNSHIP))
    with pytest.raises(Refused, match=r"access\.role"):
        registry.call("list_person_reads", asked, registry.maker())
    assert registry.call("list_person_reads", asked, registry.auditor())["reads"] == []

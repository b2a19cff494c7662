"""Who was registered twice has one place in a programme, and the services of both records count together."""

from typing import Any

from contracts import rehab as messages
from tests.services.registry.factories import results
from tests.services.rehab import factories
from tests.support.platform import Harness
from tests.support.registry_events import cancelled, identifier, merged, unmerged

CREATED, UNCHANGED = ("created", None), ("unchanged", None)


def enrolled(rehab: Harness, *items: dict[str, Any]) -> list[Any]:
    return results(rehab.bulk("enrol_persons", items))


def given(rehab: Harness, *items: dict[str, Any]) -> list[Any]:
    return results(rehab.bulk("record_services", items))


def known(rehab: Harness, *numbers: int) -> None:
    for number in numbers:
        rehab.feed("registry", [factories.person(number), factories.certificate(number)])


def test_the_merged_person_is_not_enrolled_a_second_time(rehab: Harness) -> None:
    known(rehab, 1, 2)
    first = factories.enrolment(1, "cataract", basis="certificate")
    assert enrolled(rehab, first) == [CREATED]
    rehab.feed("registry", [cancelled(1), merged(1, 2)])
    assert enrolled(rehab, first) == [UNCHANGED]
    second = factories.enrolment(2, "cataract", basis="certificate")
    assert enrolled(rehab, second) == [("rehab.already_enrolled", "person_id")]
    rehab.feed("registry", [unmerged(1, 2)])
    assert enrolled(rehab, second) == [CREATED]


def test_services_go_on_with_the_place_of_either_record_and_count_together(rehab: Harness) -> None:
    known(rehab, 1, 2)
    both = [factories.enrolment(number, "cataract", basis="certificate") for number in (1, 2)]
    assert enrolled(rehab, *both) == [CREATED] * 2
    first, second, third = (
        factories.service(number, "cataract", "surgery", ref=ref)
        for number, ref in ((1, "A"), (2, "B"), (2, "C"))
    )
    assert given(rehab, first) == [CREATED]
    rehab.feed("registry", [cancelled(1), merged(1, 2)])
    # Two eyes, two operations.
    assert given(rehab, second) == [CREATED]
    [refusal] = given(rehab, third)
    assert refusal[0] == "rehab.item_limit"
    told = [event for event in rehab.events() if isinstance(event, messages.ServiceCompleted)]
    assert [event.person_id for event in told] == [identifier(1), identifier(2)]


def test_who_is_named_by_the_merged_record_is_the_one_that_was_kept(rehab: Harness) -> None:
    known(rehab, 1, 2)
    rehab.feed("registry", [cancelled(1), merged(1, 2)])
    assert enrolled(rehab, factories.enrolment(1, "cataract", basis="certificate")) == [CREATED]
    [event] = [event for event in rehab.events() if isinstance(event, messages.PersonEnrolled)]
    assert event.person_id == identifier(2)

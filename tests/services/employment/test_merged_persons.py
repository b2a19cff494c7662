"""Who was registered twice needs a training once, and takes one place in a course."""

from typing import Any

from tests.services.employment import factories
from tests.services.registry.factories import results
from tests.support.platform import Harness
from tests.support.registry_events import cancelled, merged, unmerged

CREATED, UNCHANGED = ("created", None), ("unchanged", None)


def sent(employment: Harness, method: str, *items: dict[str, Any]) -> list[Any]:
    return results(employment.bulk(method, items))


def known(employment: Harness, *numbers: int) -> None:
    for number in numbers:
        employment.feed("registry", [factories.person(number), factories.certificate(number)])


def test_the_need_of_either_record_is_that_of_both(employment: Harness) -> None:
    known(employment, 1, 2)
    assert sent(employment, "register_training_needs", factories.need(1)) == [CREATED]
    employment.feed("registry", [cancelled(1), merged(1, 2)])
    assert sent(employment, "register_training_needs", factories.need(1)) == [UNCHANGED]
    assert sent(employment, "register_training_needs", factories.need(2)) == [
        ("employment.need_known", "person_id")
    ]
    employment.feed("registry", [unmerged(1, 2)])
    assert sent(employment, "register_training_needs", factories.need(2)) == [CREATED]


def test_the_merged_person_is_not_placed_a_second_time(employment: Harness) -> None:
    known(employment, 1, 2)
    assert sent(employment, "open_courses", factories.course(1)) == [CREATED]
    assert sent(employment, "enrol_trainees", factories.trainee(1)) == [CREATED]
    employment.feed("registry", [cancelled(1), merged(1, 2)])
    assert sent(employment, "enrol_trainees", factories.trainee(2)) == [UNCHANGED]
    assert sent(employment, "complete_trainings", factories.completion(2)) == [CREATED]
    assert sent(employment, "complete_trainings", factories.completion(1)) == [UNCHANGED]

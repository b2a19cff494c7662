"""What holds of every message: how it is called, what it must have, and what it must never have."""

import re
import sys
from collections import Counter
from datetime import date
from graphlib import TopologicalSorter

import pytest

from contracts import message as base
from contracts.catalogue import EVENTS, REQUESTS, SERVICES, SUBSCRIPTIONS
from contracts.documents import schemas
from contracts.documents.asyncapi import requests_of
from contracts.message import Event, Message, Request
from tests.contracts.schema_fields import fields

EVERY = schemas.every()
_MODULE = re.compile(rf"contracts\.({'|'.join((*SERVICES, 'stream'))})(\..+)?")
MODULES = [base, *(module for name, module in sorted(sys.modules.items()) if _MODULE.fullmatch(name))]

PERSONAL = {"name", "names", "phone", "mobile", "account", "address", "email", "photo", "birthday", "contact"}
PERSONAL_PAIRS = ("id_number", "certificate_number", "birth_date", "citizen_id")
PUBLIC_NAMES = {("registry.region_recorded.v1", "name")}
"""Names that are nobody's: of divisions."""

OPEN_TEXTS = {
    ("reporting.target_set.v1", "indicator"),  # a code of the catalogue, checked by its service
    ("reporting.target_set.v1", "dimensions{}"),
    ("reporting.target_set.v1", "value"),
    ("reporting.snapshot_taken.v1", "hash"),
}


def classes() -> list[type[Message]]:
    members = [(module, member) for module in MODULES for member in vars(module).values()]
    return [
        member
        for module, member in members
        if isinstance(member, type) and issubclass(member, Message) and member.__module__ == module.__name__
    ]


def words(place: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", place))


@pytest.mark.parametrize("name", EVERY)
def test_no_message_holds_a_float(name: str) -> None:
    assert not [place for place, field in fields(EVERY[name]).items() if "number" in field.types]
    assert '"type": "number"' not in schemas.text(EVERY[name])


@pytest.mark.parametrize("name", EVENTS)
def test_no_event_has_a_field_for_personal_data(name: str) -> None:
    found = {
        (name, place)
        for place in fields(EVERY[name])
        if words(place) & PERSONAL or any(pair in place for pair in PERSONAL_PAIRS)
    }
    assert found <= PUBLIC_NAMES


@pytest.mark.parametrize("name", EVENTS)
def test_no_event_has_room_for_free_text(name: str) -> None:
    found = {(name, place) for place, field in fields(EVERY[name]).items() if not field.bounded}
    assert found <= OPEN_TEXTS | PUBLIC_NAMES


def test_the_exceptions_are_needed() -> None:
    every = {(name, place): field for name in EVENTS for place, field in fields(EVERY[name]).items()}
    assert every.keys() >= PUBLIC_NAMES | OPEN_TEXTS
    assert not [place for place in OPEN_TEXTS if every[place].bounded]


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_every_event_tells_where_when_and_about_what(event: type[Event]) -> None:
    told = event.model_fields
    assert told["region"].is_required()
    assert told[event.DAY].annotation is date
    assert told[event.DAY].is_required()
    assert told[event.SUBJECT].is_required()
    assert fields(EVERY[event.TYPE])[event.SUBJECT].types == {"string"}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_the_type_of_an_event_is_its_service_its_name_and_its_version(event: type[Event]) -> None:
    service = event.__module__.split(".")[1]
    assert service in SERVICES
    name, version = re.fullmatch(r"(.+?)(?:V([0-9]+))?", event.__name__).groups("1")  # type: ignore[union-attr]
    assert f"{service}.{schemas.snake(name)}.v{version}" == event.TYPE


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_the_type_of_a_request_is_its_service_and_its_name(request_: type[Request]) -> None:
    service = request_.__module__.split(".")[1]
    assert service in {*SERVICES, "stream"}
    assert f"{service}.{schemas.snake(request_.__name__)}" == request_.TYPE


def test_every_event_and_request_of_a_module_is_in_the_catalogue() -> None:
    typed = {each for each in classes() if "TYPE" in vars(each)}
    assert typed == {*EVENTS.values(), *REQUESTS.values()}


def test_no_two_modules_of_a_package_mean_different_things_by_one_name() -> None:
    meant: dict[tuple[str, str], object] = {}
    for module in MODULES:
        if not hasattr(module, "__path__"):
            package = module.__name__.rpartition(".")[0]
            for name, value in vars(module).items():
                if package != "contracts" and not name.startswith("_"):
                    assert meant.setdefault((package, name), value) == value, (module.__name__, name)


@pytest.mark.parametrize("service", SERVICES)
def test_no_two_methods_of_a_service_are_called_the_same(service: str) -> None:
    methods = Counter(request.TYPE.partition(".")[2] for request in requests_of(service))
    assert [name for name, count in methods.items() if count > 1] == []


@pytest.mark.parametrize("message", classes(), ids=lambda each: f"{each.__module__}.{each.__name__}")
def test_every_message_says_what_it_is(message: type[Message]) -> None:
    assert vars(message).get("__doc__"), "give the class a docstring"


def test_services_follow_services_that_exist_and_never_in_a_circle() -> None:
    assert {*SUBSCRIPTIONS, *(source for sources in SUBSCRIPTIONS.values() for source in sources)} <= set(
        SERVICES
    )
    assert not [consumer for consumer, sources in SUBSCRIPTIONS.items() if consumer in sources]
    assert not [consumer for consumer, sources in SUBSCRIPTIONS.items() if len(set(sources)) < len(sources)]
    TopologicalSorter(SUBSCRIPTIONS).prepare()  # raises CycleError

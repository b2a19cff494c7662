"""What travels in the headers of an event, beside CloudEvents 1.0 (github.com/cloudevents/spec, v1.0.2)."""

import json
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Annotated, Any, Literal

import pytest
from jsonschema import Draft202012Validator
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.stream import headers_of, receive
from contracts.documents import SCHEMAS
from contracts.documents.envelopes import EVENT_HEADERS

Text = Annotated[str, Field(min_length=1)]
# What an extension may hold: Boolean, Integer of 32 bits, String.
Value = bool | Annotated[int, Field(ge=-(2**31), lt=2**31)] | Text
ATTRIBUTE = re.compile("[a-z0-9]{1,20}")


class CloudEvent(BaseModel):
    """Section 3.1, required and optional context attributes."""

    model_config = ConfigDict(extra="allow", strict=True)
    __pydantic_extra__: dict[str, Value]

    id: Text
    source: Annotated[str, Field(pattern=r"^[A-Za-z0-9/:._~-]+$", description="A URI reference")]
    specversion: Literal["1.0"]
    type: Text
    subject: Text
    time: AwareDatetime = Field(strict=False)
    dataschema: Text


def row(**changes: Any) -> Any:
    columns: dict[str, Any] = {
        "event_id": "0" * 31 + "1",
        "type": "registry.household_registered.v1",
        "subject": "0" * 31 + "2",
        "recorded_at": datetime(2024, 3, 5, 8, 0, 0, 120000, tzinfo=UTC),
        "epoch": 1,
        "position": 7,
        "correlation_id": None,
        "causation_id": None,
        "traceparent": None,
    }
    return SimpleNamespace(**columns | changes)


TRACED = {
    "correlation_id": "client.0f",
    "causation_id": "0" * 31 + "3",
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}


@pytest.mark.parametrize("optional", [{}, TRACED], ids=["bare", "traced"])
def test_headers_are_the_attributes_of_a_cloud_event(optional: dict[str, str]) -> None:
    headers = headers_of(row(**optional), "registry", "341524")
    CloudEvent.model_validate(headers)
    assert all(ATTRIBUTE.fullmatch(name) for name in headers)


@pytest.mark.parametrize("optional", [{}, TRACED], ids=["bare", "traced"])
def test_headers_are_those_that_the_asyncapi_document_tells_of(optional: dict[str, str]) -> None:
    headers = headers_of(row(**optional), "registry", "341524")
    Draft202012Validator(EVENT_HEADERS).validate(headers)
    assert headers.keys() <= EVENT_HEADERS["properties"].keys()
    assert headers.keys() >= set(EVENT_HEADERS["required"])
    assert bool(optional) == (headers.keys() == EVENT_HEADERS["properties"].keys())


def test_a_time_read_without_its_zone_is_told_as_utc() -> None:
    headers = headers_of(row(recorded_at=datetime(2024, 3, 5, 8, 0)), "registry", "341524")  # noqa: DTZ001 - as SQLite reads it
    assert CloudEvent.model_validate(headers).time.utcoffset() == timedelta(0)


def test_the_data_schema_is_a_committed_file() -> None:
    headers = headers_of(row(), "registry", "341524")
    name = headers["dataschema"].removeprefix("urn:canlian:contract:")
    assert (SCHEMAS / f"{name}.json").is_file()


def test_what_is_sent_is_read_back() -> None:
    data = {
        "region": "341524000000",
        "household_id": "0" * 31 + "2",
        "flags": [],
        "registered_on": "2024-03-05",
    }
    sent = headers_of(row(**TRACED), "registry", "341524")
    received = receive(json.loads(json.dumps(sent)), data)
    assert received.problem is None
    assert (received.id, received.position, received.subject) == (sent["id"], 7, sent["subject"])
    assert received.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736"

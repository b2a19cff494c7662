"""Events as they once travelled, in golden/<TYPE>/<n>.json: each must be read for ever, for logs keep them.

Samples are only added, with the next number, and never changed: in the folder,
`sha256sum <TYPE>/<n>.json >> SHA256SUMS`.
"""

import hashlib
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from chassis.stream import receive
from contracts.catalogue import EVENTS
from contracts.documents import schemas
from contracts.documents.envelopes import EVENT_HEADERS
from tests.contracts.golden_samples import FOLDER, SAMPLES, envelope


def fits(schema: dict[str, Any], value: Any) -> bool:
    return Draft202012Validator(schema, format_checker=FormatChecker()).is_valid(value)


def test_no_sample_was_changed_or_taken_away() -> None:
    lines = (FOLDER / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    recorded = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert len(recorded) == len(lines)
    assert recorded == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in SAMPLES.items()}


def test_samples_of_a_type_are_numbered_from_one() -> None:
    for folder in {path.parent for path in SAMPLES.values()}:
        numbers = sorted(int(path.stem) for path in folder.iterdir())
        assert numbers == list(range(1, len(numbers) + 1)), folder.name


def test_every_event_type_has_a_sample() -> None:
    assert {name.partition("/")[0] for name in SAMPLES} >= EVENTS.keys()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_read_and_says_again_what_it_said(name: str) -> None:
    sample = envelope(name)
    received = receive(sample["headers"], sample["data"])
    assert received.problem is None
    assert received.event is not None
    told = received.event.model_dump(mode="json")
    assert told == told | sample["data"]
    assert type(received.event).model_validate(told) == received.event


@pytest.mark.parametrize("name", SAMPLES)
def test_the_headers_of_a_sample_agree_with_its_data(name: str) -> None:
    sample = envelope(name)
    received = receive(sample["headers"], sample["data"])
    assert received.event is not None
    assert received.type == name.partition("/")[0] == received.event.TYPE
    assert received.source == received.type.partition(".")[0]
    assert received.subject == received.event.subject


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_fits_the_schemas(name: str) -> None:
    sample = envelope(name)
    assert fits(EVENT_HEADERS, sample["headers"])
    assert fits(schemas.of(EVENTS[sample["headers"]["type"]]), sample["data"])

"""docs/asyncapi.yaml: a valid AsyncAPI document that agrees with what the chassis declares and sends."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator

from chassis import topology
from contracts.catalogue import EVENTS, REQUESTS, SERVICES, SUBSCRIPTIONS
from contracts.documents import ASYNCAPI, asyncapi

SCHEMA = Path(__file__).parent / "asyncapi" / "schema-3.0.0.json"
DOCUMENT = yaml.safe_load(asyncapi.text())


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for part in node.values():
            yield from references(part)
    elif isinstance(node, list):
        for part in node:
            yield from references(part)


def resolve(reference: str) -> Any:
    if not reference.startswith("#/"):
        return json.loads((ASYNCAPI.parent / reference).read_text(encoding="utf-8"))
    node = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def test_the_document_is_valid_asyncapi() -> None:
    validator = Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    faults = [
        f"{'/'.join(map(str, fault.path))}: {fault.message[:300]}"
        for fault in validator.iter_errors(DOCUMENT)
    ]
    assert faults == []


def test_every_reference_leads_somewhere() -> None:
    found = set(references(DOCUMENT))
    assert len(found) > 100
    for reference in found:
        assert resolve(reference)


def test_every_message_is_sent_on_a_channel() -> None:
    on_channels = {name for channel in DOCUMENT["channels"].values() for name in channel["messages"]}
    assert on_channels == set(DOCUMENT["components"]["messages"])
    assert on_channels >= EVENTS.keys() | REQUESTS.keys()


def test_routing_keys_written_from_address_and_parameter_are_the_types() -> None:
    for service in SERVICES:
        channel = DOCUMENT["channels"][f"{service}.events"]
        versions = channel["parameters"]["event"]["enum"]
        assert [channel["address"].format(event=version) for version in versions] == list(channel["messages"])


def test_exchanges_and_queues_are_those_the_chassis_declares() -> None:
    for service in SERVICES:
        declared = topology.event_exchange(service)
        told = DOCUMENT["channels"][f"{service}.events"]["bindings"]["amqp"]["exchange"]
        assert told == {
            "name": declared.name,
            "type": declared.type,
            "durable": declared.durable,
            "autoDelete": declared.auto_delete,
        }
    queues = {
        queue.name for queue in topology.queues(embedded=False) if queue.exchange.name.endswith(".events")
    }
    assert {operation.get("x-queue") for operation in DOCUMENT["operations"].values()} - {None} == queues


def test_each_subscription_is_an_operation_that_receives() -> None:
    following = {
        name: operation["channel"]["$ref"]
        for name, operation in DOCUMENT["operations"].items()
        if "x-queue" in operation
    }
    assert following == {
        f"{consumer}.{source}.events": f"#/channels/{source}.events"
        for consumer, sources in SUBSCRIPTIONS.items()
        for source in sources
    }


def test_each_service_answers_its_requests_and_those_of_every_service() -> None:
    answered = {name for name, operation in DOCUMENT["operations"].items() if "reply" in operation}
    own = {name for name in REQUESTS if not name.startswith("stream.")}
    shared = {name.removeprefix("stream.") for name in REQUESTS.keys() - own}
    assert answered == own | {f"{service}.{method}" for service in SERVICES for method in shared}

"""All messages by type, and who listens to whom: the one list that code and documents are made from."""

from contracts import employment, registry, rehab, reporting, stream, subsidy
from contracts.message import Event, Request

SERVICES = ("registry", "subsidy", "rehab", "employment", "reporting")

EVENTS: dict[str, type[Event]] = {
    event.TYPE: event
    for module in (registry, subsidy, rehab, employment, reporting)
    for event in module.EVENTS
}

REQUESTS: dict[str, type[Request]] = {
    request.TYPE: request
    for module in (registry, subsidy, rehab, employment, reporting, stream)
    for request in module.REQUESTS
}

SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {
    "subsidy": ("registry", "rehab"),
    "rehab": ("registry",),
    "employment": ("registry",),
    "reporting": ("registry", "subsidy", "rehab", "employment"),
}
"""Consumer to the services whose events it follows. One durable queue per pair."""

"""Every metric of the platform. Labels name services, methods, codes and sources: never a person or an id."""

from prometheus_client import Counter, Gauge, Histogram

RPC_SECONDS = Histogram(
    "canlian_rpc_seconds",
    "Time from a request's arrival to its reply, in seconds.",
    ["service", "method", "outcome"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
REFUSALS = Counter("canlian_rpc_refusals", "Requests that a rule forbade.", ["service", "method", "code"])
REJECTED = Counter(
    "canlian_rejected_records",
    "Records of bulk commands that were rejected while the others were kept.",
    ["service", "method", "code"],
)
MALFORMED = Counter("canlian_malformed_messages", "Messages that could not be read.", ["service", "reason"])
TOKEN_REFUSALS = Counter("canlian_token_refusals", "Calls refused for their token.", ["service", "code"])

RELAY_BACKLOG = Gauge("canlian_relay_backlog_events", "Events committed, not yet confirmed.", ["service"])
RELAY_OLDEST = Gauge(
    "canlian_relay_oldest_seconds",
    "Age of the oldest event not yet confirmed, in seconds; 0 if none.",
    ["service"],
)
RELAY_PUBLISHED = Counter("canlian_relay_published", "Events confirmed by the broker.", ["service"])
RELAY_RETURNED = Counter(
    "canlian_relay_returned", "Events that no queue took; they are sent again.", ["service"]
)
RELAY_BLOCKED = Gauge(
    "canlian_relay_blocked", "1 while the broker lets the relay wait, short of memory or disk.", ["service"]
)

_STREAM = ["consumer", "source"]
LAG_EVENTS = Gauge("canlian_consumer_lag_events", "Events received and not yet applied.", _STREAM)
LAG_SECONDS = Gauge(
    "canlian_consumer_lag_seconds", "Age of the last event when applied, in seconds.", _STREAM
)
APPLIED = Counter("canlian_consumer_applied", "Events applied.", _STREAM)
DUPLICATES = Counter(
    "canlian_consumer_duplicates", "Events delivered again after they were applied.", _STREAM
)
GAPS = Counter("canlian_consumer_gaps", "Times that events were found missing.", _STREAM)
CAUGHT_UP = Counter(
    "canlian_consumer_caught_up", "Events asked from the source instead of received.", _STREAM
)
PARKED = Gauge("canlian_parked_events", "Events set aside because they could not be applied.", _STREAM)
STREAM_CONFLICT = Gauge(
    "canlian_consumer_stream_conflict", "1 while the source's stream contradicts what was applied.", _STREAM
)

JOB_DONE = Gauge("canlian_job_done_items", "Items that the latest job has done.", ["service", "kind"])
JOB_TOTAL = Gauge("canlian_job_total_items", "Items that the latest job has in all.", ["service", "kind"])

DAILY_SUCCESS = Gauge(
    "canlian_daily_success_timestamp_seconds",
    "When the daily job last ended well, in seconds since 1970; 0 if it never did.",
    ["service", "kind"],
)
DAILY_FOUND = Gauge(
    "canlian_daily_found_items",
    "What the daily job of the latest day found to be wrong; 0 if nothing, or if it looks for nothing.",
    ["service", "kind"],
)

REBUILD_CHECKED = Gauge(
    "canlian_rebuild_checked_timestamp_seconds",
    "When the projections were last compared with the logs, in seconds since 1970; 0 if never.",
    ["service"],
)
REBUILD_DIFFERS = Gauge(
    "canlian_rebuild_differs",
    "1 if the last comparison found projections that differ from the logs and left them so.",
    ["service"],
)
RETENTION_RUN = Gauge(
    "canlian_retention_timestamp_seconds",
    "When the retention of months last ran to its end, in seconds since 1970; 0 if never; PostgreSQL only.",
    ["service"],
)

MONTHS_AHEAD = Gauge(
    "canlian_months_ahead",
    "Months to come that have a partition in every table kept by month; PostgreSQL only.",
    ["service"],
)
STRAY_BYTES = Gauge(
    "canlian_stray_bytes",
    "Size of the rows that no month's partition had a place for; PostgreSQL only.",
    ["service"],
)

import re

import pytest
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.metrics import MetricWrapperBase

from chassis import metrics

METRICS = {name: value for name, value in vars(metrics).items() if isinstance(value, MetricWrapperBase)}
LABELS = {"service", "method", "outcome", "code", "reason", "consumer", "source", "kind"}


def test_all_promised_metrics_exist_under_their_names():
    families = [family for metric in METRICS.values() for family in metric.describe()]
    names = {family.name + ("_total" if family.type == "counter" else "") for family in families}
    assert names >= {
        "canlian_rpc_seconds",
        "canlian_rpc_refusals_total",
        "canlian_malformed_messages_total",
        "canlian_relay_backlog_events",
        "canlian_relay_oldest_seconds",
        "canlian_relay_published_total",
        "canlian_consumer_lag_events",
        "canlian_consumer_lag_seconds",
        "canlian_consumer_applied_total",
        "canlian_consumer_duplicates_total",
        "canlian_consumer_gaps_total",
        "canlian_parked_events",
        "canlian_job_done_items",
        "canlian_job_total_items",
        "canlian_token_refusals_total",
    }


@pytest.mark.parametrize("name", METRICS)
def test_no_label_can_hold_an_id_and_every_metric_says_what_it_is(name):
    metric = METRICS[name]
    assert set(metric._labelnames) <= LABELS
    assert metric._documentation.endswith(".")
    assert re.fullmatch(r"canlian_[a-z_]+", metric._name)


def test_a_measured_call_is_exposed_in_seconds():
    metrics.RPC_SECONDS.labels(service="s", method="m", outcome="ok").observe(0.03)
    text = generate_latest(REGISTRY).decode()
    assert 'canlian_rpc_seconds_bucket{le="0.05",method="m",outcome="ok",service="s"} 1.0' in text

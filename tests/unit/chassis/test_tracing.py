import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import tracing

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GIVEN = f"00-{TRACE}-00f067aa0ba902b7-00"


def test_a_new_trace_has_the_form_of_the_standard_and_is_not_repeated():
    first, second = tracing.new(), tracing.new()
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", first)
    assert tracing.trace_id(first) != tracing.trace_id(second)


def test_a_child_keeps_trace_and_flags_and_gets_a_span_of_its_own():
    child = tracing.child(GIVEN)
    assert tracing.trace_id(child) == TRACE
    assert child[53:] == "00"
    assert child[36:52] != GIVEN[36:52]


def test_a_later_version_with_more_fields_is_understood():
    later = f"01-{TRACE}-00f067aa0ba902b7-01-what-will-come"
    assert tracing.trace_id(later) == TRACE
    assert re.fullmatch(rf"00-{TRACE}-[0-9a-f]{{16}}-01", tracing.child(later))


@pytest.mark.parametrize(
    "malformed",
    [
        None,
        "",
        "00",
        GIVEN.upper(),
        GIVEN + "\n",
        GIVEN + "-more",
        GIVEN[:-1],
        "ff" + GIVEN[2:],
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE}-{'0' * 16}-01",
        GIVEN.replace("-", "_"),
        GIVEN.encode(),
        7,
    ],
)
def test_a_malformed_traceparent_names_no_trace_and_begins_a_new_one(malformed):
    assert tracing.trace_id(malformed) is None
    assert tracing.trace_id(tracing.child(malformed)) is not None


@given(st.text(max_size=80))
def test_no_text_is_too_strange(text):
    assert re.fullmatch(r"[0-9a-f]{32}", tracing.trace_id(tracing.child(text)) or "")

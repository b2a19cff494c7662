import io
import json
import logging
import re
import sys
import uuid
import warnings
from datetime import date

import greenlet
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from stdnum.cn import ric

from chassis import logs

PHONE = "13812345678"
LONG_ID = "34152419900101123X"
NAME = "张三"


@pytest.fixture(scope="module")
def stream():
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook)
    stream = io.StringIO()
    logs.configure("DEBUG", stream=stream)
    yield stream
    root.handlers[:], root.level, sys.excepthook = before
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture
def written(stream):
    def read():
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    stream.seek(0)
    stream.truncate()
    structlog.contextvars.clear_contextvars()
    return read


def output(stream, write):
    stream.seek(0)
    stream.truncate()
    write()
    return stream.getvalue()


digits = st.text("0123456789")


def exactly(count):
    return st.text("0123456789", min_size=count, max_size=count)


@st.composite
def id_numbers(draw):
    born = draw(st.dates(date(1900, 1, 1), date(2030, 1, 1)))
    number = f"{draw(st.integers(110000, 659999))}{born:%Y%m%d}{draw(st.integers(1, 999)):03d}"
    number += ric.calc_check_digit(number + "0")
    return draw(st.sampled_from([number, number.lower(), number[:17] + "Ｘ"]))


phones = st.builds("1{}{}".format, st.sampled_from("3456789"), exactly(9))
cards = st.integers(16, 23).flatmap(exactly).map(lambda card: "6" + card[1:])
# What stands around a number: anything but digits, which would make another number of it.
around = st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=20)
personal = id_numbers() | phones | cards


@given(around, personal, around)
def test_no_number_survives_in_a_text_whatever_stands_around_it(before, number, after):
    assert number not in logs.redact(before + number + after)


@given(digits, id_numbers() | cards, digits)
def test_no_long_number_survives_between_other_digits(before, number, after):
    assert number not in logs.redact(before + number + after)


@given(st.lists(personal, min_size=2), st.sampled_from([",", " ", "/", "、", "\n", "-", "_"]))
def test_no_number_survives_in_a_list(numbers, separator):
    redacted = logs.redact(separator.join(numbers))
    assert not [number for number in numbers if number in redacted]


def nested(leaves):
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.tuples(inner)
            | st.dictionaries(around | leaves.filter(lambda leaf: isinstance(leaf, str)), inner, max_size=3)
        ),
        max_leaves=5,
    )


@given(st.data())
def test_no_number_survives_in_a_record_wherever_it_stands(stream, data):
    number = data.draw(personal)
    holders = [st.just(number), st.builds("{}{}{}".format, around, st.just(number), around)]
    holders.append(st.just(number.encode()))
    if number.isascii() and number.isdigit():
        holders.append(st.just(int(number)))
    value = data.draw(nested(st.one_of(holders)))
    key = data.draw(st.sampled_from(["facts", "reason", "error", "event_id", "job", "trace_id", "name", "x"]))
    message = f"{data.draw(around)}{number}"
    log = structlog.get_logger("test")
    for write in (
        lambda: log.info(message, **{key: value}),
        lambda: log.info("of %s", value),
        lambda: log.info(number, **{f"k{number}": 1}),
        lambda: logging.getLogger("any").warning("of %s and %r", value, (value,), extra={"x": value}),
        lambda: logging.getLogger(f"any.{number}").warning(message),
    ):
        line = output(stream, write)
        assert json.loads(line)["event"]
        assert number not in line


@given(around, personal, around)
def test_no_number_survives_in_an_exception(stream, before, number, after):
    def fail():
        secret = number  # must not appear as a local variable either
        try:
            int("x" + secret)
        except ValueError as cause:
            raise LookupError(before + secret + after, {"deep": secret}) from cause

    def write():
        try:
            fail()
        except LookupError as error:
            structlog.get_logger("test").exception("failed", reason=error)
            nameko = logging.getLogger("nameko.containers")
            nameko.exception("error handling worker %s: %s", "<ctx>", error)
            sys.excepthook(type(error), error, error.__traceback__)

    lines = output(stream, write)
    assert number not in lines
    for line in lines.splitlines():
        assert "LookupError: " in json.loads(line)["exception"]
        assert "ValueError: " in json.loads(line)["exception"]


@pytest.mark.parametrize(
    "written_as",
    [
        "+86 138 1234 5678",
        "+8613812345678",
        "008613812345678",
        "8613812345678",
        "013812345678",
        "138-1234-5678",
        "１３８１２３４５６７８",
        "6222 0212 3456 7890 123",
        "6222-0212-3456-7890",
        "6222021234567890123",
        "341524 19900101 123X",
        "341524-19900101-1234",
        "341524900101123",
        "３４１５２４１９９００１０１１２３Ｘ",
    ],
)
def test_numbers_are_recognised_however_people_write_them(written_as):
    redacted = logs.redact(f"call {written_as} now")
    assert redacted == "call [redacted] now"


@pytest.mark.parametrize(
    "harmless",
    [
        "region 341524000000 and 130102001000",
        "2026-11-22T00:36:12.123456Z and 2026-11-22 2026-11-23",
        "position 1234567890 of 9999999999",
        "amount 100000000 fen, 12345.67",
        "127.0.0.1:56720",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        f"a{PHONE}c0e0e47360e0e473ff"[:32].ljust(32, "0"),
        f"call.find_person.a0b1c2d3-0e0e-4736-a3ce-{PHONE}f",
        "year 2024 month 2024-05 code 34-15-24",
    ],
)
def test_what_operators_need_stays_readable(harmless):
    assert logs.redact(harmless) == harmless


@given(st.uuids(version=4))
def test_identifiers_stay_whole(identifier):
    if re.search("[a-f]", identifier.hex):
        assert logs.redact(f"job {identifier.hex} of {identifier}") == f"job {identifier.hex} of {identifier}"


def test_a_record_is_one_json_object_with_level_logger_and_time(written):
    structlog.get_logger("chassis.relay").info("relay_started", service="registry", count=3)
    (record,) = written()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", record.pop("timestamp"))
    assert record == {
        "event": "relay_started",
        "level": "info",
        "logger": "chassis.relay",
        "service": "registry",
        "count": 3,
    }


def test_keys_that_are_not_allowed_are_left_out_but_named(written):
    structlog.get_logger("x").info("saved", name=NAME, address="六安路", code="a.b")
    (record,) = written()
    assert record["withheld"] == ["address", "name"]
    assert record["code"] == "a.b"
    assert NAME not in json.dumps(record, ensure_ascii=False)


def test_values_that_a_database_quotes_are_cut_out(written):
    engine = create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            connection.execute(text("select * from nowhere where name = :name"), {"name": NAME})
    except DBAPIError:
        logging.getLogger("any").exception("failed")
    engine.dispose()
    quoted = "duplicate key value\nDETAIL:  Key (name)=(张三) already exists.\nCONTEXT: x"
    structlog.get_logger("x").error("failed", reason=quoted)
    first, second = written()
    assert "no such table: nowhere" in first["exception"]
    assert NAME not in first["exception"] + second["reason"]
    assert second["reason"].endswith("CONTEXT: x")


def test_values_that_a_validator_quotes_are_cut_out(written):
    class Message(BaseModel):
        age: int

    try:
        Message.model_validate({"age": f"{NAME}, input_type={NAME}\n{NAME}"})
    except ValidationError as error:
        structlog.get_logger("x").exception("failed", reason=str(error))
    (record,) = written()
    assert NAME not in record["reason"] + record["exception"]
    assert "Input should be a valid integer" in record["reason"]


def test_local_variables_and_arguments_do_not_appear_in_tracebacks(written):
    def fail(_name):
        raise RuntimeError

    try:
        fail(NAME)
    except RuntimeError:
        structlog.get_logger("x").exception("failed")
    assert NAME not in written()[0]["exception"]


def test_libraries_are_heard_from_warnings_on(written):
    for name in ("nameko", "nameko.rpc", "kombu.connection", "sqlalchemy.engine.Engine", "amqp"):
        logging.getLogger(name).info("chatter of %s", PHONE)
        logging.getLogger(name).warning("trouble of %s", PHONE)
    assert [record["event"] for record in written()] == ["trouble of [redacted]"] * 5


def test_warnings_of_python_are_logged(written):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn(f"old {PHONE}", UserWarning, stacklevel=1)
    (record,) = written()
    assert "UserWarning: old [redacted]" in record["event"]


def test_a_record_that_cannot_be_written_leaves_a_trace_without_its_contents(written, capfd, monkeypatch):
    root = logging.getLogger()
    # pytest's own handlers raise for such a record.
    monkeypatch.setattr(root, "handlers", [one for one in root.handlers if isinstance(one, logs._Handler)])

    class Unprintable:
        def __str__(self):
            raise ValueError(LONG_ID)

        __repr__ = __str__

    logging.getLogger("any").warning("%d items", LONG_ID)
    structlog.get_logger("x").warning("failed", reason=Unprintable())
    first, second = written()
    assert first["event"] == "a record of any could not be written"
    assert second["event"] == "a record of x could not be written"
    assert LONG_ID not in "".join(capfd.readouterr())


def test_context_belongs_to_its_green_thread(written):
    log = structlog.get_logger("x")
    main = greenlet.getcurrent()

    def work(call_id):
        logs.bind(service="registry", call_id=call_id)
        main.switch()
        log.info("done")

    threads = [greenlet.greenlet(work) for _ in range(2)]
    for number, thread in enumerate(threads):
        thread.switch(f"c{number}")
    log.info("outside")
    for thread in threads:
        thread.switch()
    assert [(record["event"], record.get("call_id")) for record in written()] == [
        ("outside", None),
        ("done", "c0"),
        ("done", "c1"),
    ]


def test_context_can_be_bound_for_a_block(written):
    log = structlog.get_logger("x")
    trace = uuid.uuid4().hex
    with logs.bound(service="subsidy", trace_id=trace):
        log.info("inside")
        logging.getLogger("any").warning("inside")
    log.info("outside")
    inside, foreign, outside = written()
    assert inside["trace_id"] == foreign["trace_id"] == trace
    assert inside["service"] == "subsidy"
    assert "trace_id" not in outside


def test_lines_for_a_terminal_are_redacted_as_well(stream):
    terminal = io.StringIO()
    logs.configure("INFO", json=False, stream=terminal)
    try:
        int(LONG_ID)
    except ValueError:
        structlog.get_logger("y").exception("failed", reason=PHONE, name=NAME)
    finally:
        logs.configure("DEBUG", stream=stream)
    shown = terminal.getvalue()
    assert "failed" in shown
    assert "literal for int() with base 10: '[redacted]'" in shown
    assert not [secret for secret in (LONG_ID, PHONE, NAME) if secret in shown]

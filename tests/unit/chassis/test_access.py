import hmac
import json
import stat
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey
from sqlalchemy import Column, MetaData, String, Table, create_engine, insert, select

from chassis import access
from chassis.access import Caller, Signer, TokenKeys, Verifier
from kernel.errors import Forbidden, Invalid

KEY = OKPKey.generate_key("Ed25519", auto_kid=True)
PUBLIC_KEY = OKPKey.import_key(KEY.as_dict(private=False))
PUBLIC = KeySet([PUBLIC_KEY])
NOW = 1_800_000_000.0
CLAIMS = {
    "iss": "canlian",
    "aud": ["registry"],
    "sub": "clerk-7",
    "roles": ["clerk"],
    "regions": ["341524000000"],
    "office": "341524",
    "jti": "7",
    "iat": int(NOW),
    "exp": int(NOW) + 300,
}


class Clock:
    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def verifier(clock):
    return Verifier(PUBLIC, "registry", clock)


@pytest.fixture
def token(clock):
    return sign(clock)


def sign(clock, **changes):
    options = {
        "subject": "clerk-7",
        "roles": frozenset({"clerk", "auditor"}),
        "regions": ("341524000000", "3415"),
        "office": "341524",
        "audience": ("registry", "subsidy"),
    } | changes
    return Signer(KEY, clock).sign(**options)


def encode(changes=None, header=None, key=KEY, algorithm="Ed25519"):
    claims = {name: value for name, value in (CLAIMS | (changes or {})).items() if value is not None}
    head = {"alg": algorithm, "kid": KEY.kid} | (header or {})
    return jwt.encode(head, claims, key, algorithms=[algorithm])


def part(value):
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def refusal(verifier, token):
    with pytest.raises(Forbidden) as refused:
        verifier.verify(token)
    error = refused.value
    if isinstance(token, str) and token:
        assert token not in str(error)
    assert error.__cause__ is None
    return error.code


def test_a_signed_token_tells_who_calls(verifier, token):
    caller = verifier.verify(token)
    assert caller.subject == "clerk-7"
    assert caller.roles == {"clerk", "auditor"}
    assert caller.regions == ("341524", "3415")
    assert caller.office == "341524"
    assert len(caller.token_id) == 32


@pytest.mark.parametrize("missing", [None, ""])
def test_a_call_without_a_token_is_refused(verifier, missing):
    assert refusal(verifier, missing) == "access.token_missing"


@pytest.mark.parametrize(
    "malformed",
    [
        "x",
        "a.b",
        "a.b.c",
        "....",
        "令牌",
        "\ud800",
        "a" * 100_000,
        b"a.b.c",
        7,
        f"{urlsafe_b64encode(b'[' * 5_000).decode()}.e30.",
        f"{part(['alg'])}.{part({})}.c2ln",
        f"{part({'typ': 'JWT'})}.{part({})}.!!",
    ],
)
def test_what_is_not_a_token_is_refused(verifier, malformed):
    assert refusal(verifier, malformed) == "access.token_malformed"


@given(st.text(alphabet="abcABC019._-=", max_size=60) | st.text())
def test_no_text_is_taken_for_a_token(text):
    with pytest.raises(Forbidden):
        Verifier(PUBLIC, "registry", Clock()).verify(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
headers = st.dictionaries(
    st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "x5c", "zip", "enc"]), json_values, max_size=4
)


@given(
    json_values | headers | headers.map(lambda head: {"alg": "Ed25519", "kid": KEY.kid} | head), json_values
)
def test_no_header_however_strange_gets_a_token_through(head, claims):
    with pytest.raises(Forbidden):
        Verifier(PUBLIC, "registry", Clock()).verify(f"{part(head)}.{part(claims)}.c2lnbmF0dXJl")


@given(st.dictionaries(st.sampled_from(sorted(CLAIMS)), json_values, min_size=1))
def test_a_signed_token_with_claims_of_a_wrong_kind_is_refused_or_read_but_never_breaks(changes):
    with suppress(Forbidden):
        Verifier(PUBLIC, "registry", Clock()).verify(encode(changes))


@pytest.mark.parametrize("claim", sorted(CLAIMS))
def test_a_token_without_one_of_its_claims_is_refused(verifier, claim):
    assert refusal(verifier, encode({claim: None})) == "access.token_malformed"


def test_a_token_with_a_region_that_is_none_is_refused(verifier):
    for region in ("", "%", "34%", "000000000000", "3415240"):
        assert refusal(verifier, encode({"regions": [region]})) == "access.token_malformed"


def test_a_token_signed_with_another_key_is_forged(verifier):
    stranger = OKPKey.generate_key("Ed25519", auto_kid=True)
    assert refusal(verifier, encode(key=stranger)) == "access.token_forged"
    assert refusal(verifier, encode(key=stranger, header={"kid": stranger.kid})) == "access.token_forged"


def test_a_token_that_brings_its_own_key_is_forged(verifier):
    stranger = OKPKey.generate_key("Ed25519", auto_kid=True)
    token = encode(key=stranger, header={"jwk": stranger.as_dict(private=False)})
    assert refusal(verifier, token) == "access.token_forged"


def test_a_token_whose_claims_were_changed_is_forged(verifier, token):
    head, _, signature = token.split(".")
    changed = part(CLAIMS | {"roles": ["checker"]})
    assert refusal(verifier, f"{head}.{changed}.{signature}") == "access.token_forged"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE"])
def test_a_token_without_a_signature_is_forged(verifier, algorithm):
    head = part({"alg": algorithm, "kid": KEY.kid})
    for signature in ("", "e30"):
        assert refusal(verifier, f"{head}.{part(CLAIMS)}.{signature}") == "access.token_forged"


def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_forged(verifier):
    x = str(PUBLIC_KEY.as_dict()["x"])
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': KEY.kid})}.{part(CLAIMS)}"
    for secret in (
        PUBLIC_KEY.as_pem(private=False),
        PUBLIC_KEY.as_der(private=False),
        x.encode(),
        urlsafe_b64decode(x + "="),
    ):
        signature = urlsafe_b64encode(hmac.digest(secret, signed.encode(), "sha256")).rstrip(b"=").decode()
        assert refusal(verifier, f"{signed}.{signature}") == "access.token_forged"


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_the_deprecated_name_of_the_algorithm_is_not_accepted(verifier):
    assert refusal(verifier, encode(algorithm="EdDSA")) == "access.token_forged"


def test_a_token_without_a_key_id_or_of_another_issuer_is_forged(verifier):
    head = {"alg": "Ed25519"}
    assert refusal(verifier, jwt.encode(head, CLAIMS, KEY, algorithms=["Ed25519"])) == "access.token_forged"
    assert refusal(verifier, encode({"iss": "elsewhere"})) == "access.token_forged"


def test_a_token_for_another_service_is_refused(clock, token):
    assert refusal(Verifier(PUBLIC, "rehab", clock), token) == "access.token_audience"
    assert refusal(Verifier(PUBLIC, "reg", clock), token) == "access.token_audience"


def test_a_token_expires_after_its_lifetime_and_a_minute(clock, verifier, token):
    clock.now += 300 + 59
    verifier.verify(token)
    clock.now += 1
    assert refusal(verifier, token) == "access.token_expired"
    assert refusal(Verifier(PUBLIC, "registry", clock), token) == "access.token_expired"


@pytest.mark.parametrize(
    "times",
    [
        {"exp": int(NOW) + 301},
        {"iat": int(NOW) - 10, "exp": int(NOW) + 291},
        {"iat": int(NOW) + 61, "exp": int(NOW) + 361},
        {"iat": int(NOW) + 10_000_000, "exp": int(NOW) + 10_000_300},
    ],
)
def test_a_token_that_lives_too_long_or_begins_in_the_future_is_refused(verifier, times):
    assert refusal(verifier, encode(times)) == "access.token_lifetime"


def test_a_token_from_a_clock_a_minute_ahead_is_accepted(verifier):
    verifier.verify(encode({"iat": int(NOW) + 60, "exp": int(NOW) + 360}))


@pytest.mark.parametrize("lifetime", [0, -1, 301])
def test_no_token_is_made_that_would_not_be_accepted(clock, lifetime):
    with pytest.raises(ValueError, match="1 to 300"):
        sign(clock, lifetime_seconds=lifetime)


def test_a_token_is_proven_once_and_remembered(verifier, token, monkeypatch):
    first = verifier.verify(token)
    monkeypatch.setattr("chassis.access.jwt.decode", None)
    assert verifier.verify(token) is first


def test_the_memory_for_tokens_is_bounded(clock, verifier, monkeypatch):
    monkeypatch.setattr(access, "CACHE_SIZE", 3)
    tokens = [sign(clock) for _ in range(5)]
    for token in [*tokens, *tokens]:
        verifier.verify(token)
    assert len(verifier._known) == 3
    assert not any(token.encode() in verifier._known for token in tokens)


def test_generated_keys_are_private_and_stay_the_same(tmp_path):
    directory = tmp_path / "tokens"
    made = TokenKeys.generate(directory)
    assert stat.S_IMODE((directory / "private.json").stat().st_mode) == 0o600
    assert "d" not in json.loads((directory / "public.json").read_bytes())["keys"][0]
    assert TokenKeys.generate(directory).private == made.private
    token = Signer.load(directory).sign("s", frozenset(), (), "341524", ("registry",))
    assert Verifier.load(directory, "registry").verify(token).subject == "s"
    assert str(made.private.as_dict(private=True)["d"]) not in repr(made)


def test_a_second_public_key_is_accepted_so_that_keys_can_be_changed(clock):
    later = OKPKey.generate_key("Ed25519", auto_kid=True)
    verifier = Verifier(KeySet([*PUBLIC.keys, later]), "registry", clock)
    for key in (KEY, later):
        verifier.verify(Signer(key, clock).sign("s", frozenset(), (), "341524", ("registry",)))


def test_keys_of_another_kind_are_refused(tmp_path):
    for wrong in (PUBLIC_KEY, OKPKey.generate_key("X25519")):
        (tmp_path / "private.json").write_text(json.dumps(wrong.as_dict()))
        with pytest.raises(ValueError, match="a private Ed25519 key"):
            Signer.load(tmp_path)
    (tmp_path / "public.json").write_text(json.dumps({"keys": [KEY.as_dict(private=True)]}))
    with pytest.raises(ValueError, match="a public Ed25519 key"):
        Verifier.load(tmp_path, "registry")


def caller(*regions):
    return Caller("s", frozenset(), regions, "341524", "7")


@pytest.mark.parametrize(
    ("regions", "region", "covered"),
    [
        (["341524000000"], "341524000000", True),
        (["341524000000"], "341524101000", True),
        (["341524000000"], "341524", True),
        (["341524000000"], "341500000000", False),
        (["341524000000"], "341525000000", False),
        (["341500000000"], "341524101201", True),
        (["34"], "341524101201", True),
        (["341524101000"], "341524000000", False),
        (["341524101000", "341525"], "341525100000", True),
        ([], "341524000000", False),
    ],
)
def test_a_caller_covers_the_divisions_in_theirs(regions, region, covered):
    assert caller(*regions).covers(region) is covered


def test_a_malformed_region_is_an_error_not_a_no():
    for region in ("", "%", "3415240", "34152４000000"):
        with pytest.raises(Invalid, match=r"region\.malformed"):
            caller("34").covers(region)
        with pytest.raises(Invalid, match=r"region\.malformed"):
            caller(region)


@given(
    st.lists(st.sampled_from(["34", "3415", "341524", "341524101", "341525101201", "35"]), max_size=3),
    st.lists(st.sampled_from(["34", "3415", "341524", "341524101", "341524101201", "341525101201", "35"])),
)
def test_the_filter_in_sql_agrees_with_covers(regions, stored):
    rows = [code.ljust(12, "0") for code in stored]
    table = Table("t", MetaData(), Column("region", String(12)))
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        table.create(connection)
        for row in rows:
            connection.execute(insert(table), {"region": row})
        found = connection.execute(
            select(table.c.region).where(caller(*regions).filter(table.c.region))
        ).scalars()
        assert sorted(found) == sorted(row for row in rows if caller(*regions).covers(row))
    engine.dispose()


def test_a_caller_survives_being_kept_with_a_job():
    somebody = Caller("s", frozenset({"maker", "clerk"}), ("341524000000",), "341524", "7")
    assert Caller.from_claims(json.loads(json.dumps(somebody.claims()))) == somebody


def test_a_service_acts_in_the_region_of_its_office_and_in_no_other():
    system = Caller.system("rehab", "341524")
    assert system.roles == {"system"}
    assert system.covers("341524101000")
    assert not system.covers("341525000000")


def test_the_clock_of_a_real_verifier_is_the_real_one():
    token = Signer(KEY).sign("s", frozenset(), (), "341524", ("registry",))
    assert Verifier(PUBLIC, "registry").verify(token).subject == "s"
    stale = encode({"iat": int(time.time()) - 600, "exp": int(time.time()) - 300})
    assert refusal(Verifier(PUBLIC, "registry"), stale) == "access.token_expired"

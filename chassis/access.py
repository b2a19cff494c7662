"""Who calls, proven by a short signed token (JWT, Ed25519), and which regions they may see.

A token is refused unless one of our keys signed it, for this service, at most 300 seconds ago. Context
headers can be written by anybody who may write to the exchange, so nothing else in a message says who the
caller is. Tokens never go into events, logs or error texts.
"""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from joserfc import jwt
from joserfc.errors import BadSignatureError, UnsupportedAlgorithmError
from joserfc.jwk import GuestProtocol, KeySet, KeySetSerialization, OKPKey
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, false, or_

from chassis.sealing import create_file
from kernel.errors import Forbidden, Invalid
from kernel.regions import RegionCode

ISSUER = "canlian"
# RFC 9864 names the curve; the older name "EdDSA" is deprecated by it.
ALGORITHM = "Ed25519"
LIFETIME_SECONDS = 300
LEEWAY_SECONDS = 60
TOKEN_LENGTH = 8_000
CACHE_SIZE = 10_000
PRIVATE_FILE = "private.json"
PUBLIC_FILE = "public.json"


@dataclass(frozen=True)
class Caller:
    """Somebody whose token was found good, or a service itself.

    subject: who, for the audit; an account, not a name. regions: significant digits of the divisions in their
    charge; codes with trailing zeros are cut when the caller is made, which raises
    Invalid("region.malformed"). office: division code of the office that vouches for them. token_id:
    identifies the token, not secret.
    """

    subject: str
    roles: frozenset[str]
    regions: tuple[str, ...]
    office: str
    token_id: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "regions", tuple(RegionCode.parse(region).prefix for region in self.regions))

    @classmethod
    def system(cls, service: str, office: str) -> Self:
        """A service acting by itself, in the whole region of its office."""
        return cls(
            subject=service, roles=frozenset({"system"}), regions=(office,), office=office, token_id=""
        )

    def covers(self, region: str) -> bool:
        """Whether the division lies in one of the caller's. Raises Invalid("region.malformed")."""
        return RegionCode.parse(region).value.startswith(self.regions)

    def filter(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """The SQL condition that a column of 12-digit division codes lies in the caller's regions."""
        # A range, which a plain index serves on both databases; LIKE would want an index of its own kind.
        spans = (column.between(region.ljust(12, "0"), region.ljust(12, "9")) for region in self.regions)
        return or_(false(), *spans)

    def claims(self) -> dict[str, Any]:
        """The caller as JSON values, to be kept with work that goes on after the call."""
        return {
            "subject": self.subject,
            "roles": sorted(self.roles),
            "regions": list(self.regions),
            "office": self.office,
            "token_id": self.token_id,
        }

    @classmethod
    def from_claims(cls, claims: dict[str, Any]) -> Self:
        """The caller that ``claims`` described."""
        return cls(**{**claims, "roles": frozenset(claims["roles"]), "regions": tuple(claims["regions"])})


@dataclass(frozen=True)
class TokenKeys:
    """The keys that make and prove tokens: a directory's private.json (a JWK) and public.json (a JWK set).

    Whoever verifies needs public.json alone. It may hold several keys, so that a new one is known everywhere
    before it signs; a key's id is its thumbprint (RFC 7638).
    """

    private: OKPKey = field(repr=False)
    public: KeySet = field(repr=False)

    @classmethod
    def generate(cls, directory: Path) -> Self:
        """Read the keys, after making a pair if there is none. Only its owner may read the private one.

        For the embedded mode; elsewhere keys come from where the office keeps its secrets.
        """
        if not (directory / PRIVATE_FILE).exists():
            key = OKPKey.generate_key("Ed25519", auto_kid=True)
            create_file(directory / PRIVATE_FILE, json.dumps(key.as_dict(private=True)).encode(), mode=0o600)
        private = load_private(directory)
        create_file(directory / PUBLIC_FILE, json.dumps(KeySet([private]).as_dict()).encode(), mode=0o644)
        return cls(private, load_public(directory))


def load_private(directory: Path) -> OKPKey:
    """The signing key. Raises OSError or ValueError."""
    return _ed25519(OKPKey.import_key(json.loads((directory / PRIVATE_FILE).read_bytes())), private=True)


def load_public(directory: Path) -> KeySet:
    """The keys that tokens may be signed with. Raises OSError or ValueError."""
    document: KeySetSerialization = json.loads((directory / PUBLIC_FILE).read_bytes())
    return KeySet([_ed25519(OKPKey.import_key(key), private=False) for key in document["keys"]])


def _ed25519(key: OKPKey, private: bool) -> OKPKey:
    if key.curve_name != "Ed25519" or key.is_private != private:
        raise ValueError(f"not {'a private' if private else 'a public'} Ed25519 key")
    key.ensure_kid()
    return key


class Signer:
    """Makes tokens; only what logs operators in, and the embedded mode, has one."""

    def __init__(self, private: OKPKey, clock: Callable[[], float] = time.time) -> None:
        self._key = private
        self._clock = clock

    @classmethod
    def load(cls, directory: Path) -> Self:
        """With the private key of a directory. Raises OSError or ValueError."""
        return cls(load_private(directory))

    def sign(
        self,
        subject: str,
        roles: frozenset[str],
        regions: tuple[str, ...],
        office: str,
        audience: tuple[str, ...],
        *,
        lifetime_seconds: int = LIFETIME_SECONDS,
    ) -> str:
        """A token for the services named as audience.

        Raises ValueError for a lifetime that no service would accept (over 300 seconds, or not positive).
        """
        if not 0 < lifetime_seconds <= LIFETIME_SECONDS:
            raise ValueError(f"a token lives 1 to {LIFETIME_SECONDS} seconds, not {lifetime_seconds}")
        now = int(self._clock())
        claims = {
            "iss": ISSUER,
            "aud": list(audience),
            "sub": subject,
            "roles": sorted(roles),
            "regions": list(regions),
            "office": office,
            "jti": secrets.token_hex(16),
            "iat": now,
            "exp": now + lifetime_seconds,
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self._key.kid}, claims, self._key, algorithms=[ALGORITHM])


class _Claims(BaseModel):
    model_config = ConfigDict(strict=True)

    iss: str
    aud: list[str]
    sub: str
    roles: list[str]
    regions: list[str]
    office: str
    jti: str
    iat: int
    exp: int


class Verifier:
    """Finds out who calls. Good tokens are remembered until they expire, because a proof costs 0.1 ms.

    audience: name of the service that asks.
    """

    def __init__(self, public: KeySet, audience: str, clock: Callable[[], float] = time.time) -> None:
        self._keys = {key.kid: key for key in public.keys}
        self._audience = audience
        self._clock = clock
        self._known: dict[bytes, tuple[float, Caller]] = {}

    @classmethod
    def load(cls, directory: Path, audience: str) -> Self:
        """With the public keys of a directory. Raises OSError or ValueError."""
        return cls(load_public(directory), audience)

    def verify(self, token: str | None) -> Caller:
        """The caller that a token speaks for.

        Raises Forbidden with code access.token_missing, access.token_malformed, access.token_forged (not
        signed with a key and algorithm of ours), access.token_audience, access.token_lifetime (over 300
        seconds, or from the future) or access.token_expired. Clocks may differ by 60 seconds.
        """
        if not token:
            raise Forbidden("access.token_missing", "The call carries no token; log in and call again.")
        if not isinstance(token, str) or len(token) > TOKEN_LENGTH:
            raise _malformed()
        now = self._clock()
        digest = sha256(token.encode("utf-8", "replace")).digest()
        expires_at, caller = self._known.get(digest, (0.0, None))
        if caller is None or now >= expires_at:
            claims = self._proven(token)
            self._check(claims, now)
            expires_at, caller = claims.exp + LEEWAY_SECONDS, _caller(claims)
            self._remember(digest, expires_at, caller)
        return caller

    def _proven(self, token: str) -> _Claims:
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            return _Claims.model_validate(claims)
        except (BadSignatureError, UnsupportedAlgorithmError):
            raise _forged() from None
        except Exception:  # noqa: BLE001 - joserfc lets TypeErrors through for odd headers; the answer is no
            raise _malformed() from None

    def _key(self, signature: GuestProtocol) -> OKPKey:
        key = self._keys.get(signature.headers().get("kid"))
        if not isinstance(key, OKPKey):
            raise BadSignatureError
        return key

    def _check(self, claims: _Claims, now: float) -> None:
        if claims.iss != ISSUER:
            raise _forged()
        if self._audience not in claims.aud:
            raise Forbidden(
                "access.token_audience",
                f"The token was not made for the service {self._audience}; ask for one that names it.",
                audience=self._audience,
            )
        if claims.exp - claims.iat > LIFETIME_SECONDS or claims.iat > now + LEEWAY_SECONDS:
            raise Forbidden(
                "access.token_lifetime",
                f"The token lives longer than {LIFETIME_SECONDS} seconds or begins in the future; "
                "ask for a new one and check the clocks.",
            )
        if now >= claims.exp + LEEWAY_SECONDS:
            raise Forbidden("access.token_expired", "The token has expired; ask for a new one.")

    def _remember(self, digest: bytes, expires_at: float, caller: Caller) -> None:
        self._known.pop(digest, None)
        if len(self._known) >= CACHE_SIZE:
            # Tokens live equally long, so the first in is about the first to expire.
            del self._known[next(iter(self._known))]
        self._known[digest] = (expires_at, caller)


def _caller(claims: _Claims) -> Caller:
    try:
        return Caller(claims.sub, frozenset(claims.roles), tuple(claims.regions), claims.office, claims.jti)
    except Invalid:
        raise _malformed() from None


def _malformed() -> Forbidden:
    return Forbidden("access.token_malformed", "The token is not one of ours in form; ask for a new one.")


def _forged() -> Forbidden:
    return Forbidden("access.token_forged", "No key known here has signed the token; ask for a new one.")

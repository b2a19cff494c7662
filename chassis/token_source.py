"""Signs callers' tokens on the spot and reuses each until it is nearly over."""

import time
from pathlib import Path

from chassis.access import LIFETIME_SECONDS, Signer
from contracts.catalogue import SERVICES

REUSE_SECONDS = LIFETIME_SECONDS / 2


class TokenSource:
    """Tokens from the signing key of a directory, for those who hold one.

    Raises ``OSError`` or ``ValueError`` at the first token when the key is missing or broken.
    """

    def __init__(self, key_dir: Path) -> None:
        self._key_dir = key_dir
        self._signer: Signer | None = None
        self._tokens: dict[tuple[str, frozenset[str], tuple[str, ...], str], tuple[float, str]] = {}

    def token(self, subject: str, roles: frozenset[str], regions: tuple[str, ...], office: str) -> str:
        """A token of a subject with roles in regions, good for at least half a token's life."""
        wanted = (subject, roles, regions, office)
        made_at, token = self._tokens.get(wanted, (0.0, ""))
        if not token or time.monotonic() - made_at > REUSE_SECONDS:
            self._signer = self._signer or Signer.load(self._key_dir)
            token = self._signer.sign(subject, roles, regions, office, SERVICES)
            self._tokens[wanted] = (time.monotonic(), token)
        return token

    def system_token(self, service: str, office: str) -> str:
        """A token of a service itself."""
        return self.token(service, frozenset({"system"}), (office,), office)

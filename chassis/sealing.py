"""Sealed fields: values encrypted one by one, and blind indexes that find them again without opening them.

A sealed value is ``v1.<key id>.<nonce>.<ciphertext>``: AES-256-GCM with a random nonce of 96 bits, bound to
its column and row by the associated data, so that a copy in another row does not open. Because nonces are
random, a key must be rotated long before it has sealed 2**32 values (NIST SP 800-38D, 8.3). A blind index is
``<key id>.<HMAC-SHA-256 in hex>`` with a key of its own per column; equal values have equal indexes, so index
only what must be looked up.
"""

import base64
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StringConstraints, model_validator

KEY_BYTES = 32
_VERSION = "v1"
_NONCE_BYTES = 12

KeyId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,16}$")]
Key = Annotated[Base64Bytes, Field(min_length=KEY_BYTES, max_length=KEY_BYTES)]


class SealBroken(Exception):
    """A sealed value does not open: it was changed, moved to another row or column, or its key is gone.

    The message names the column and the row, never the value.
    """

    def __init__(self, column: str, row_id: str, reason: str) -> None:
        super().__init__(f"{column} of row {row_id} cannot be opened: {reason}")


class KeySet(BaseModel):
    """Keys of 32 bytes by their ids. New values take the active one; the others only open and find old
    values.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    active: KeyId
    keys: dict[KeyId, Key] = Field(repr=False)

    @model_validator(mode="after")
    def _active_is_known(self) -> Self:
        if self.active not in self.keys:
            raise ValueError("the active key is not among the keys")
        return self


class Keys(BaseModel):
    """The key file: ``{"sealing": {"active": "k1", "keys": {"k1": "<base64>"}}, "index": {…}}``."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    sealing: KeySet
    index: KeySet

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a key file. Raises OSError if it cannot be read, ValueError (without its contents) if it is
        wrong.
        """
        return cls.model_validate_json(path.read_bytes())

    @classmethod
    def generate(cls, path: Path) -> Self:
        """Read the key file, after making one with new keys if there is none. Only its owner may read it.

        For the embedded mode; elsewhere keys come from where the office keeps its secrets.
        """
        if not path.exists():
            sets = {
                name: {
                    "active": kid,
                    "keys": {kid: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()},
                }
                for name, kid in (("sealing", "k1"), ("index", "i1"))
            }
            create_file(path, json.dumps(sets, indent=2).encode(), mode=0o600)
        return cls.load(path)


def create_file(path: Path, content: bytes, mode: int) -> None:
    """Create a file whole or not at all, with these permission bits; one that another process made first
    stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)


class Vault:
    """The keys ready for use; one for a process.

    sealing_id: the key that seals. index_ids: the keys of the blind indexes, the active one first.
    """

    def __init__(self, keys: Keys) -> None:
        self.sealing_id = keys.sealing.active
        self.index_ids = [keys.index.active, *(kid for kid in keys.index.keys if kid != keys.index.active)]
        self._ciphers = {kid: AESGCM(key) for kid, key in keys.sealing.keys.items()}
        self._index_keys = keys.index.keys
        self._column_keys: dict[tuple[str, str], bytes] = {}

    def cipher(self, key_id: str) -> AESGCM:
        """The cipher of a sealing key. Raises KeyError for an unknown id."""
        return self._ciphers[key_id]

    def column_key(self, column: str, key_id: str) -> bytes:
        """A column's own key, derived from the index key of that id. Raises KeyError for an unknown id."""
        key = self._column_keys.get((column, key_id))
        if key is None:
            derivation = HKDF(SHA256(), length=KEY_BYTES, salt=None, info=f"blind index|{column}".encode())
            key = self._column_keys[column, key_id] = derivation.derive(self._index_keys[key_id])
        return key


@dataclass(frozen=True)
class Sealed:
    """One sealed column; make one constant for each.

    column: its full name, "service.table.column". It is part of what is sealed: renaming it makes all values
    of the column unreadable. Raises ValueError if it holds "|", which separates column and row in the
    associated data.
    """

    column: str

    def __post_init__(self) -> None:
        if not self.column or "|" in self.column:
            raise ValueError(f"{self.column!r} is not a column name")

    def seal(self, vault: Vault, row_id: str, plain: str) -> str:
        """Encrypt a value for the row of that id. The same value is sealed differently each time."""
        key_id = vault.sealing_id
        nonce = os.urandom(_NONCE_BYTES)
        ciphertext = vault.cipher(key_id).encrypt(nonce, plain.encode(), self._bound_to(row_id))
        return f"{_VERSION}.{key_id}.{_encode(nonce)}.{_encode(ciphertext)}"

    def open(self, vault: Vault, row_id: str, sealed: str) -> str:
        """Decrypt a value of the row of that id. Raises SealBroken."""
        try:
            version, key_id, nonce, ciphertext = sealed.split(".")
            if version != _VERSION:
                raise SealBroken(self.column, row_id, f"it is not of version {_VERSION}")
            cipher = vault.cipher(key_id)
            return cipher.decrypt(_decode(nonce), _decode(ciphertext), self._bound_to(row_id)).decode()
        except KeyError:
            raise SealBroken(self.column, row_id, "its key is not in the key file") from None
        except (InvalidTag, ValueError):
            raise SealBroken(self.column, row_id, "it was changed or belongs elsewhere") from None

    def index(self, vault: Vault, plain: str) -> str:
        """The blind index under the active index key, to store and to look up: at most 81 characters.

        The caller normalises the value first; "x" and "X" have different indexes.
        """
        return self._index(vault, vault.index_ids[0], plain)

    def indexes(self, vault: Vault, plain: str) -> list[str]:
        """The blind indexes under every index key, the active one first: what to look for while keys are
        rotated.
        """
        return [self._index(vault, key_id, plain) for key_id in vault.index_ids]

    def _index(self, vault: Vault, key_id: str, plain: str) -> str:
        digest = hmac.digest(vault.column_key(self.column, key_id), plain.encode(), "sha256")
        return f"{key_id}.{digest.hex()}"

    def _bound_to(self, row_id: str) -> bytes:
        return f"{self.column}|{row_id}".encode()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    # The decoder skips foreign characters and ignores spare bits; only one spelling may stand for a value.
    if _encode(data) != text:
        raise ValueError("not canonical base64url")
    return data

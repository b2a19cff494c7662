"""One typed object holds the configuration; it is read once, at start.

Values come from the environment (``CANLIAN_…``) or from files of the same names, in lower case, in
``/run/secrets``.
The embedded mode (one process, SQLite, no RabbitMQ) makes its own keys; everywhere else a missing secret
stops the start.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Role = Literal["rpc", "follow", "relay", "jobs"]
ALL_ROLES: frozenset[Role] = frozenset({"rpc", "follow", "relay", "jobs"})
SECRETS_DIR = Path("/run/secrets")
EMBEDDED_BROKER = "inproc://localhost/office"


class Settings(BaseSettings):
    """Configuration of one process of one office."""

    model_config = SettingsConfigDict(
        env_prefix="CANLIAN_",
        frozen=True,
        extra="ignore",
        # Looked for once: pydantic-settings would warn wherever there is no such directory.
        secrets_dir=SECRETS_DIR if SECRETS_DIR.is_dir() else None,
    )

    office: str = Field(pattern=r"^\d{6}$", description="Division code of the office, 6 digits")
    data_dir: Path = Field(default=Path("var"), description="Databases and keys of the embedded mode")
    broker_url: str = Field(default=EMBEDDED_BROKER, description="amqp://… or the broker inside the process")
    database_url: str = Field(
        default="", description="SQLAlchemy URL with {service} in it; SQLite files in data_dir when empty"
    )
    key_file: Path | None = Field(default=None, description="Sealing and index keys")
    token_key_dir: Path | None = Field(default=None, description="Keys that sign and verify callers' tokens")
    archive_dir: Path | None = Field(
        default=None, description="Archived months of the event logs, in a folder for each service"
    )
    rules_dir: Path | None = Field(
        default=None, description="The office's own rule files, in a folder for each service"
    )
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=0, ge=0, le=65535, description="Metrics and health; 0 takes a free port")
    log_level: str = "INFO"
    roles: Annotated[frozenset[Role], NoDecode] = Field(
        default=ALL_ROLES, description="What this process does"
    )
    max_workers: int = Field(default=10, ge=1, le=200, description="Calls served at the same time")
    call_seconds: float = Field(default=30.0, gt=0, description="Deadline of a call between processes")
    batch_size: int = Field(
        default=500, ge=1, le=2000, description="Events applied in one transaction at most"
    )
    batch_seconds: float = Field(default=0.05, ge=0, description="Longest wait for a batch to fill")
    relay_window: int = Field(
        default=500, ge=1, le=5000, description="Events published before confirms are awaited"
    )
    relay_seconds: float = Field(default=0.1, gt=0, description="Pause of an idle relay")
    publish_seconds: float = Field(
        default=30.0, gt=0, description="A window not confirmed by then has failed"
    )

    @property
    def embedded(self) -> bool:
        """Whether the office runs in this one process, without RabbitMQ."""
        return self.broker_url.startswith("inproc:")

    def database(self, service: str) -> str:
        """The database URL of one service."""
        if self.database_url:
            return self.database_url.format(service=service)
        return f"sqlite:///{(self.data_dir / service).absolute()}.db"

    @property
    def keys(self) -> Path:
        """The file of the sealing keys."""
        return self.key_file or self.data_dir / "keys.json"

    @property
    def token_keys(self) -> Path:
        """The directory of the token keys."""
        return self.token_key_dir or self.data_dir / "tokens"

    @model_validator(mode="before")
    @classmethod
    def _roles_from_text(cls, values: dict[str, object]) -> dict[str, object]:
        roles = values.get("roles")
        if isinstance(roles, str):
            values["roles"] = frozenset(role.strip() for role in roles.split(",") if role.strip())
        return values

    @model_validator(mode="after")
    def _secrets_are_given(self) -> Self:
        if not self.embedded:
            for name in ("database_url", "key_file", "token_key_dir"):
                if not getattr(self, name):
                    raise ValueError(
                        f"CANLIAN_{name.upper()} must be set when CANLIAN_BROKER_URL names a broker"
                    )
        if self.database_url and "{service}" not in self.database_url:
            raise ValueError("CANLIAN_DATABASE_URL must hold {service}: each service has its own database")
        return self

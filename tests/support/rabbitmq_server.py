"""RabbitMQ for tests, given or of our own; virtual hosts made and deleted on it."""

import os
import re
import socket
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

from tests.support.server_process import Server, ServerUnavailable, find_program, free_port

ERLANG_FOLDERS = ("/usr/lib/erlang/bin", "/usr/local/lib/erlang/bin")
CALLER = "NEW-CALLER"


class RabbitMQServer:
    """Virtual hosts on the RabbitMQ that `address` names.

    `evaluate` is a command that evaluates an Erlang expression from standard input on the node; CALLER in it
    becomes a new name at each call. erl_call takes 5 ms, where rabbitmqctl takes seconds to start and the
    management plugin slows the broker down.
    """

    def __init__(self, address: str, evaluate: list[str]) -> None:
        self._address = urlsplit(address)
        self._vhosts: set[str] = set()
        self.evaluate = evaluate

    def url(self, vhost: str = "/") -> str:
        return self._address._replace(path=f"/{quote(vhost, safe='')}").geturl()

    def create_vhost(self) -> str:
        """The URL of a new virtual host, deleted by `delete_vhost` or else with the fixture."""
        name = f"test-{uuid.uuid4().hex}"
        all_rights = '<<".*">>, <<".*">>, <<".*">>'
        self.erlang(
            f'rabbit_vhost:add(<<"{name}">>, <<"tests">>), rabbit_auth_backend_internal:set_permissions('
            f'<<"{self._address.username}">>, <<"{name}">>, {all_rights}, <<"tests">>), ok.'
        )
        self._vhosts.add(name)
        return self.url(name)

    def delete_vhost(self, url: str) -> None:
        name = urlsplit(url).path[1:]
        if name not in self._vhosts:
            raise ValueError(f"{name} was not created here")
        self.erlang(f'rabbit_vhost:delete(<<"{name}">>, <<"tests">>), ok.')
        self._vhosts.discard(name)

    def delete_vhosts(self) -> None:
        for name in list(self._vhosts):
            self.delete_vhost(self.url(name))

    @contextmanager
    def vhost(self) -> Iterator[str]:
        """The URL of a new virtual host that is deleted at the end of the block."""
        url = self.create_vhost()
        try:
            yield url
        finally:
            self.delete_vhost(url)

    def erlang(self, expression: str) -> None:
        """Evaluate an expression whose value is `ok`: `vm_memory_monitor:set_vm_memory_high_watermark(0).`"""
        if (value := self._evaluate(expression)) not in {"ok", "{ok, ok}"}:
            raise ServerUnavailable(f"{expression} gave {value}")

    def count(self, expression: str) -> int:
        """Evaluate an expression whose value is a whole number: `length(rabbit_amqqueue:list()).`"""
        value = self._evaluate(expression)
        if not (found := re.fullmatch(r"(?:\{ok, )?(\d+)\}?", value)):
            raise ServerUnavailable(f"{expression} gave {value}")
        return int(found[1])

    def _evaluate(self, expression: str) -> str:
        # The node refuses a caller under a name whose last connection it is still closing.
        command = [part.replace(CALLER, f"caller-{uuid.uuid4().hex}") for part in self.evaluate]
        done = subprocess.run(
            command, check=False, input=f"{expression}\n", capture_output=True, text=True, timeout=60
        )
        return (done.stdout + done.stderr).strip()


class LocalRabbitMQ(Server, RabbitMQServer):
    """A node of its own: name, ports, cookie, folders and epmd, so that no other node of the machine is
    touched.
    """

    def __init__(self, folder: Path) -> None:
        Server.__init__(self, folder)
        port, distribution_port, epmd_port = free_port(), free_port(), free_port()
        cookie = uuid.uuid4().hex
        erl_call = find_program("erl_call", *ERLANG_FOLDERS)
        evaluate = [erl_call, "-address", f"127.0.0.1:{distribution_port}", "-c", cookie, "-h", CALLER, "-e"]
        RabbitMQServer.__init__(self, f"amqp://guest:guest@127.0.0.1:{port}", evaluate)
        self.port = port
        self._epmd_command = [find_program("epmd", *ERLANG_FOLDERS), "-port", str(epmd_port)]
        # Debian's other one, in /usr/sbin, changes user and folder.
        program = find_program("rabbitmq-server", "/usr/lib/rabbitmq/bin", "/opt/rabbitmq*/sbin")
        self.command = ["setpriv", "--pdeathsig=KILL", program]
        (folder / "enabled_plugins").write_text("[].\n")
        (folder / "rabbitmq.conf").write_text(f"listeners.tcp.default = 127.0.0.1:{port}\n")
        (folder / ".erlang.cookie").write_text(cookie)
        (folder / ".erlang.cookie").chmod(0o400)
        self.environment = {
            "HOME": str(folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(epmd_port),
            "RABBITMQ_NODENAME": f"{folder.name}@localhost",
            "RABBITMQ_DIST_PORT": str(distribution_port),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            # Makes the start script become the Erlang process instead of waiting for it: one pid to kill.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def start(self) -> None:
        environment = os.environ | self.environment
        epmd = ["setpriv", "--pdeathsig=KILL", *self._epmd_command]
        self._epmd = subprocess.Popen(epmd, env=environment, start_new_session=True)
        super().start()

    def stop(self) -> None:
        super().stop()
        self._end_epmd()

    def kill(self) -> None:
        super().kill()
        self._end_epmd()

    def _end_epmd(self) -> None:
        self._epmd.kill()
        self._epmd.wait()

    def ready(self) -> bool:
        """The listeners open last: one that answers the protocol header serves."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(connection.recv(1))
        except OSError:
            return False

"""A server that comes back at another address is found there at once."""

import subprocess
import sys

PROGRAM = """
from chassis import green
green.patch()
import socket
import dns.message, dns.rrset
import eventlet
from eventlet.support import greendns

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
addresses = iter(["10.0.0.1", "10.0.0.2"])

def serve():
    while True:
        asked, client = server.recvfrom(512)
        query = dns.message.from_wire(asked)
        answer = dns.message.make_response(query)
        name = query.question[0].name
        answer.answer.append(dns.rrset.from_text(name, 600, "IN", "A", next(addresses)))
        server.sendto(answer.to_wire(), client)

eventlet.spawn(serve)
resolver = greendns.resolver._resolver
resolver.nameservers, resolver.port = ["127.0.0.1"], server.getsockname()[1]
for _ in range(2):
    print(socket.getaddrinfo("broker.office.test", 5672, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])
"""


def test_an_address_is_asked_for_anew_however_long_the_name_server_says_that_it_holds() -> None:
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.split() == ["10.0.0.1", "10.0.0.2"]

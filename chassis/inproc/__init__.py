"""Broker in the process itself: kombu transport ``inproc://<host>/<virtual host>``.

The embedded default runs every service of one office in one process, without RabbitMQ.
kombu ships ``memory://`` for that, but nameko cannot live on it. What nameko and our
consumers rely on, and ``memory://`` does not give:

* ``message.properties`` carries ``content_type`` (nameko's RPC answer is encoded by it;
  without it the first call hangs);
* a mandatory publish that reaches no queue raises NO_ROUTE (nameko's ``UnknownService``);
* prefetch counts per consumer, not per channel (a service waiting for an RPC reply with a
  full prefetch on its request queue would otherwise never see the reply);
* every queue holds its own message, and a returned message goes back to the place in the
  queue it came from (``memory://`` routes it again, to all bound queues);
* what was not acknowledged returns when its channel closes (``memory://`` drops it);
* a drain sleeps until a message arrives (``memory://`` polls once a second);
* queues declared temporary vanish with their last consumer;
* a publisher waits while a bounded queue (``x-max-length``) is full.

Like RabbitMQ it pushes messages to consumers, in turn, as far as their prefetch allows, and
raises the same exceptions. Unlike RabbitMQ it keeps everything in memory: it forgets at exit.

Modules: ``routing`` (exchanges), ``queues`` (queues and subscriptions), ``deadletters``,
``broker`` (one virtual host); on kombu's side ``topology``, ``channel`` and ``transport``.
"""

from __future__ import annotations

from kombu.transport import TRANSPORT_ALIASES

from chassis.inproc.broker import default_broker_reset

__all__ = ["default_broker_reset", "register"]


def register() -> None:
    """Teach kombu the URL scheme ``inproc``; may be called any number of times."""
    TRANSPORT_ALIASES["inproc"] = "chassis.inproc.transport:Transport"

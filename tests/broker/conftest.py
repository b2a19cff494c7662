"""Broker tests run as the services do: on a standard library that eventlet patched before anything else."""

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

eventlet.monkey_patch()

from chassis import inproc  # noqa: E402 - after the patching, as everything

inproc.register()

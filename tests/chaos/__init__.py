"""Kills processes and servers while work goes on, and counts what was lost or done twice: `make chaos`."""

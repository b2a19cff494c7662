"""Loads a data package into the services."""

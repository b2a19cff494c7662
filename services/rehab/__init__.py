"""Rehabilitation: programmes, enrolments, services given, home retrofits."""

"""A service in which only the idempotency key stands between a command sent again and a row too many."""

"""One module for each thing the service does: follow facts, set targets, take and sign snapshots."""

"""One function for each command, and one for the events that are followed."""

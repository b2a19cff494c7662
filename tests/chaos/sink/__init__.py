"""A service that writes down which events it was given."""

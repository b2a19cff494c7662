"""What harms an office, one kind of thing a module."""

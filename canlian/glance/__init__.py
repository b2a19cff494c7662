"""What the registry does, in one screen: the year's figures by part, what waits, and who read of a person."""

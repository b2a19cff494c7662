"""A service with nothing to it but the chassis: it records regions and tells of them."""

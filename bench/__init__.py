"""How fast the platform is, beside the raw libraries doing the same work in the same run."""

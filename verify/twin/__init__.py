"""A lock's Linux twin: the same versions, installed and used: what resolves may still not work."""

"""Carries out what the core decided: read, match, decide, deliver, resume."""

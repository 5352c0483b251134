"""Measurements of Instep; the method is in docs/reference/bench.md."""

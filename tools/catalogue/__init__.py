"""Builds the catalogue of GoHighLevel's operations: `python -m tools.catalogue`."""

"""Tests of flows: on samples or recent items, dry unless somebody says so."""

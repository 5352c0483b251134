"""What has to be emitted: one item, and what is in it."""

from __future__ import annotations


def new(**item):
    return [("new", item)]


def changed(**item):
    return [("changed", item)]

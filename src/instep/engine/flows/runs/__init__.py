"""Runs on their way: drained, carried, seen, done again."""

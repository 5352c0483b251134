"""Webhooks: what is told of each event, to whom, signed how, sent when, tried again how often."""

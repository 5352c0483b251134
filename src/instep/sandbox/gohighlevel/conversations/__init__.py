"""Conversations: messages of every kind, e-mails, calls with recordings, files sent along."""

from __future__ import annotations

from instep.sandbox.gohighlevel.conversations import attachments, history, records, sending

OPERATIONS = (
    *records.OPERATIONS,
    *history.OPERATIONS,
    *sending.OPERATIONS,
    *attachments.OPERATIONS,
)

__all__ = ["OPERATIONS"]

"""Conversations: messages of every kind, e-mails, calls with recordings, files sent along."""

from __future__ import annotations

from instep.sandbox.gohighlevel.conversations import attachments, export, history, records, sending

OPERATIONS = (
    *records.OPERATIONS,
    *history.OPERATIONS,
    *export.OPERATIONS,
    *sending.OPERATIONS,
    *attachments.OPERATIONS,
)

__all__ = ["OPERATIONS"]

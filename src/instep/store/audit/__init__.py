"""The audit log: what people changed, written in the transaction that changes it."""

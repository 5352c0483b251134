"""Flows in their tables: versions, what starts them, and their runs step by step."""

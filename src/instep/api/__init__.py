"""The REST API: one router per noun, no decisions."""

"""Local users, their sessions, tokens and links, in their tables."""

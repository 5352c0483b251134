"""One folder per app, everything of it inside."""

"""Who may do what, and what is written down of it. Pure."""

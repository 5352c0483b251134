"""People at the door: passwords, sessions, tokens and links, and the audit log as it is read."""

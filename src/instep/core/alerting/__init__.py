"""What is worth an alert, what is open, and whom to tell what and when. Pure."""

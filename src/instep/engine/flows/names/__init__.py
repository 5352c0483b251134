"""What people call by name, and the ids behind it."""

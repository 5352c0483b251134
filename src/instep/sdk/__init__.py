"""What a connector author imports: describe requests, read replies, declare limits."""

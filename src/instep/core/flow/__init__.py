"""What a flow is, whether it can be published, and what comes next in a run of it. Pure."""

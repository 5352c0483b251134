"""BrokerEngine: a template. No public document of its API was found, so its user describes it."""

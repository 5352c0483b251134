"""Records that Instep itself keeps for an app that cannot be asked."""

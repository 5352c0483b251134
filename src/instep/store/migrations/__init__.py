"""Schema migrations, run with an open connection by `store.database`; no ini file is needed."""

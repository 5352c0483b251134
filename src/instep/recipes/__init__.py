"""Ready-to-use syncs and flows, as data: one file each in `data/`, read and checked here."""

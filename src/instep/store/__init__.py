"""The only SQL of Instep: schema, migrations, queries, sealed credentials."""

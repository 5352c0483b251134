"""One person as every linked app knows them: found, shown, asked about, edited."""

"""One person as every linked app knows them: found, told field by field, on one timeline. Pure."""

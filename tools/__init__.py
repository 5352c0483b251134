"""Programs of the house: they build what is checked in, and are no part of the package."""

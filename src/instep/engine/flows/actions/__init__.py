"""What steps do at apps: operations of GoHighLevel, records of other apps, requests of one's own."""

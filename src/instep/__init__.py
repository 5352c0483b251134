"""Instep keeps GoHighLevel in step with the other apps a business runs on."""

"""The same rules in other engines and written by hand; each checked against the plain loops."""

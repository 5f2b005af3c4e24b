"""Every attack recipe on the bundled models of both languages: one table."""

"""Static pages that need nothing but a browser: no network, English and Spanish, light and dark."""

"""Every distinct text once: joins for the plain majority, the cascade for the rest, answers kept over nights."""

"""Person ids that last over nights, and their history."""

"""From what a text says to a place: sites, doors, reasons, confidence and candidates."""

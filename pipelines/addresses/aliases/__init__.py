"""Names that people use and the register lacks: proposed, decided, applied from the next run (学得的别名)."""

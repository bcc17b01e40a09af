"""What each department writes down: one module a department, rows with their truth, before any file is written."""

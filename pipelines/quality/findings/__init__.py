"""Which delivered rows a department should correct, what is wrong with them, and what is proposed.

Pure functions from frames to frames; what becomes of an entry over deliveries, and its workbook, is kept elsewhere.
"""

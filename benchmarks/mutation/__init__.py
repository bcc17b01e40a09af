"""Corruptions of department exports, and who notices them.

Here live the corruptions (`families`), the plan that draws them, the clean city that they are applied to, and the
layers that look at each corrupted delivery. No rule of the project is read in order to invent a corruption.
"""

"""The pages of the indicators: what the marts say of each, the list of all of them, and one page for each."""

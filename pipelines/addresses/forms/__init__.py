"""How addresses are written: normal form, grammar, keys of numbered parts, slips of names. Knows no register."""

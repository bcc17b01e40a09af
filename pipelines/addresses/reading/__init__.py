"""From a normal form to what it says, with the names of the register."""

"""The simulated demo city 云川市, its truth, and the measurement against it."""

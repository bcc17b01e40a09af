"""The evacuation sheet of one building: which building is meant, what stands on the paper, and its numbered copies."""

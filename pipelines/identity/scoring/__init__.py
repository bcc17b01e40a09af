"""Fellegi-Sunter evidence of candidate pairs: levels, weights, frequencies, calibrated probability, training."""

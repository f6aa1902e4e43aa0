"""Qt item models over the labeling core's arrays."""

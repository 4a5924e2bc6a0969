"""Video calls: the other side's tile read live, as numbers, and stopped as soon as it may be another one's."""

"""Pages, API and live channel: what people see, for those who may see it."""

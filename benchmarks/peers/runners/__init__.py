"""What runs inside the environments of the peers, one process each, fed through a pipe."""

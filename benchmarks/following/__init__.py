"""Face tracks beside those of the `trackers` library, on simulated scenes whose truth is known."""

"""Where the requests go, and the one connection they go over."""

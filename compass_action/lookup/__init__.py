"""Looking up: what neither the user nor the run says, and a server knows.

Skipped where nothing is missing. A look-up that fails says why and changes nothing.
"""

"""The window a candidate sees for 45 minutes; it knows the contract and nothing else of the daemon."""

"""One file per engine; each obeys a Protocol of phantomcode.daemon.ports."""

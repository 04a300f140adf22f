"""Every message on the wire between the daemon and what watches or steers it (prose: docs/wire.md)."""

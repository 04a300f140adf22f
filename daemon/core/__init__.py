"""The pure middle: no I/O, threads, clock reads or randomness. Time comes in with each event."""

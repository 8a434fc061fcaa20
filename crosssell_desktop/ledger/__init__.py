"""Goals and assists: who earned what for a sold line, to the kopeck, from facts alone; no I/O, no clock."""

"""Names to fields, literals to values, all mistakes at once."""

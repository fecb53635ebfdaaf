"""What a company says of itself: looked up, kept in a snapshot, and compared with what was known before."""

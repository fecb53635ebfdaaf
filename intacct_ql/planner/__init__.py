"""What the gateway does and what we do, as data."""

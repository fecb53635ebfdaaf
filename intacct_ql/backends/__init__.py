"""One plan step to one request; one module a door of the gateway."""

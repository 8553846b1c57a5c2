"""CEL rules, and what the real API server says of them."""

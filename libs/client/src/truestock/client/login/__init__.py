"""Logging a person in: authorization code with PKCE, redirected to this machine's loopback."""

"""OAuth 2 as every marketplace of the sandbox and its token issuer speak it (RFC 6749, 7636, 9700)."""

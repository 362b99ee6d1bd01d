"""The local token issuer: OpenID Connect for people, client credentials for services. Development only."""

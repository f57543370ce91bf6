"""OpenID Connect as a hospital's identity provider speaks it: discovery, the code flow, ID tokens.

OpenID Connect Core 1.0 and Discovery 1.0, PKCE (RFC 7636, S256 only), the issuer in the answer (RFC 9207). Authlib and
joserfc do the protocol and the signatures; every request goes through `medicus.lib.outgoing`. Nothing here knows the
database, and nothing here decides who somebody is."""

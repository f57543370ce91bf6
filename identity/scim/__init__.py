"""SCIM 2.0 (RFC 7643, RFC 7644): a hospital's identity management keeps its people and departments here.

A User is a person's place in the hospital, a Group is a department. Only systems with an API key for `scim` come in,
each for its own hospital. Schemas, filters and PATCH are those of `scim2_models`."""

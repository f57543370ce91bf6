"""A witness: a process of its own that keeps the log from forgetting or telling two stories. C2SP tlog-witness.

It knows nothing of Django, of our database or our key: only the log's public key, its own private key, and
what it saw last. It belongs into other hands than the log's. https://c2sp.org/tlog-witness
"""

"""Web Push (RFC 8030): a wake-up call to a browser, through the push service of its maker.

Whoever runs that service learns that a browser was called, and when; never by whom, for whom, or about what. The
call is the same few bytes each time, encrypted for the browser (RFC 8291) and signed by this service (RFC 8292).
"""

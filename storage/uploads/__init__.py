"""Resumable uploads (tus 1.0, https://tus.io/protocols/resumable-upload) and the way back of attachments.

Both are raw ASGI, in front of Django (`storage.routing`): Django would write each large body to a temporary
file in plaintext. Here a chunk is encrypted segment by segment while it arrives; no plaintext is written
anywhere, and no more than one segment of it is in memory. (Daphne's own spool is out of our hands: the start
script gives it a TMPDIR in memory, and no chunk is larger than `receiving.CHUNK_BYTES`.)

    raw          requests, answers, authentication and protection against forgery for raw ASGI
    tus          the protocol: core, creation, expiration, termination, checksum
    receiving    one chunk on its way from the socket to ciphertext
    metadata     the header Upload-Metadata
    access       which upload and attachment an actor may see
    actions      what happens: start, append, terminate, expire, open an attachment
    attachments  GET of an attachment, with ranges

Each chunk (PATCH) becomes a part of the object: a stream of its own, with its own salt. So a repeated, rival
or cut chunk never meets a used nonce; a chunk may have any length from `receiving.LEAST_BYTES` on, the last
one also less. A chunk is durable before its 204; the row's offset is the truth that HEAD tells.
"""

"""The writer lane: what arrives while the last commit runs is written as one transaction.

A message is acknowledged after COMMIT. Whether its sender may send, whether the group is still in the named
epoch and whether the id was used before is decided inside the transaction, under the lock of the group's
counter row (`decide`). One broken message fails alone; when the database is away, all that wait are told so
within seconds; an outcome nobody knows is answered as unavailable, and the same id sent again is answered
right.
"""

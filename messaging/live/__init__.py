"""The live side of one process: sockets, the hub that feeds them, the bus to other processes.

One `Service` for each event loop. The database is the truth: a hint (from the lane, a request or the bus)
only wakes a reader up, and the slow poll finds what no hint told.
"""

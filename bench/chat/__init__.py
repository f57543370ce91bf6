"""The same load on three chat servers: ours, ejabberd and Synapse, each on the same PostgreSQL."""

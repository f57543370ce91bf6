"""The pages of `rota`."""

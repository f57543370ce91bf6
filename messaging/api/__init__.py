"""The JSON API of `messaging`: read the input, make one call, write the answer."""

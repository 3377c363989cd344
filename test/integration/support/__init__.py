"""Shared by the integration tests: the real binary, a media tree, raw sockets, tokens, clients."""

"""What the integration tests share: the real binary, a media tree, raw sockets, tokens, clients."""

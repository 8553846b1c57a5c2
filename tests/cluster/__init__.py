"""A real API server for tests: start it, load it, break the wire to it.

`build` compiles the server, `server` runs it, `client` loads it, `manifests` reads files for it,
`proxy` injects faults, `fixtures` is the pytest plugin that ties them together.
"""

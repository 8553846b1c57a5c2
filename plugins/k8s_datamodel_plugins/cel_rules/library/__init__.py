"""Kubernetes' CEL functions that the engine lacks (k8s.io/apiserver, pkg/cel/library).

The engine takes no values of foreign types. So an IP address, a network, a URL, a quantity, a
version and a named format are maps with one key, which names the kind, and a canonical value:
equal values are equal maps.
"""

"""Make HTTP requests to an API server: connections, TLS, proxies, faults and limits."""

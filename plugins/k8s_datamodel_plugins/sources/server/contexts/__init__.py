"""Read kubeconfigs as client-go does, and reduce them to one context; no Kubernetes client."""

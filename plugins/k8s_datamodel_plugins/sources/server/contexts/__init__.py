"""Kubeconfigs as client-go reads them: files become one clean context; no Kubernetes client."""

"""Judge which workloads are operators, and what each manages."""

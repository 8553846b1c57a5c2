"""Compare the reasons of several workloads for one CRD, and choose who acts."""

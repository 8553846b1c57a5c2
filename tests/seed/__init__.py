"""The sample cluster of `docs/sample-cluster`, for tests to read, load and compare with."""

"""Shared objects: one process has the object, and proxies to it travel wherever tasks run."""

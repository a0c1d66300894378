"""Actions out, facts in: engines and their link. The only room with ipyparallel."""

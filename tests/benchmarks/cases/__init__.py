"""The workloads: what a system is asked to do, one file for each kind of work.

Each is a function of a warm system and a size that checks the answer, and gives what it measured;
`seconds` is what tables are made of.
"""

"""The systems that are measured, one file each, all with the surface of `contract.System`."""

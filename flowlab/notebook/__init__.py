"""Front door: IPython. Magics, cell analysis, display."""

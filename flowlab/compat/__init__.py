"""Front ends by the names of other systems: what their users wrote runs on flowlab's scheduler."""

"""What is seen (pure): entries folded to a view, groups, layout, pictures."""

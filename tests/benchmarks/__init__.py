"""What flowlab costs, measured side by side; printed as ratios, never asserted."""

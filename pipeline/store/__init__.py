"""What a run leaves behind: outputs that appear whole or not at all, machine-readable tables, a manifest."""

"""What buttons and shortcuts do."""

"""What tests share: builders, fakes, strategies."""

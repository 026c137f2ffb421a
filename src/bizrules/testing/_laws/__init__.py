"""The machinery behind `bizrules.testing.laws`."""

"""Synthetic raters and recordings with a known truth: demo, tests, power analysis."""

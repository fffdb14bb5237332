"""Commands for people and pipelines: python -m ops."""

"""What the workflows in .github run: python -m pipelines.<command>."""

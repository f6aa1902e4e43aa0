"""Few-shot inference on cached image features."""

"""The model file: writing it (needs torch) and running it (needs onnxruntime only)."""

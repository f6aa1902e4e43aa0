"""What is in a folder of unlabeled images, and whether it is good enough to learn from."""

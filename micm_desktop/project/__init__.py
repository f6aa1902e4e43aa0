"""The project folder: images by content, classes, and the label journal."""

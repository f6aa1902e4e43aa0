"""Reading images: decode, scan folders, thumbnails, sample data."""

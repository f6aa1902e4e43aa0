"""Pictures of surfaces made by rule and seed: materials, defects, light and camera."""

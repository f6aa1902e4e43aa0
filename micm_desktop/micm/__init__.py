"""Masked Image Contrastive Modeling (arXiv:2408.13385): network, losses, training."""

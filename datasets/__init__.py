"""Ground-truth datasets as data: a manifest each, no images."""

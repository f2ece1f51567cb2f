"""Pages to learn from and to score on: manifests, loaders, made pages, augmentation."""

"""HTTP in: routes, request and response models."""

"""HTTP, version 1. One resource a module; bodies are the product's own formats, so few schemas."""

"""From texts to vectors: encoders, context, and the map."""

"""Put wheels and sdists together, and open them again."""

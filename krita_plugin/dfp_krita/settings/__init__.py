"""What the painter sets, for all her pictures or for one: each setting is a field, observed and kept."""

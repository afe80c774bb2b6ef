"""`scripts/run` and `scripts/test`: what a newcomer and an operator rely on."""

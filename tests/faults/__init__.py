"""What users keep when processes are killed and services are away."""

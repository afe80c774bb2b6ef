"""WeCom as it is spoken."""

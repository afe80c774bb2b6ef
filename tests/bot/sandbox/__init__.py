"""The stand-in behaves as WeCom and WeChat do."""

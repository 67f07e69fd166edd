"""Liuhen (留痕): a blockchain-backed audit trail for public-procurement trading centres."""

__version__ = "0.1.0"

"""The encryption of WeCom's callbacks (WeCom path/90968)."""

from __future__ import annotations

import binascii
import hashlib
import struct
from xml.parsers.expat import ExpatError

from wechatpy.enterprise.crypto import PrpCrypto, WeChatCrypto
from wechatpy.exceptions import WeChatException

from bot.wecom import xml


class BadCallback(Exception):
    """A call that does not come from WeCom, or not for this corp: forged, damaged or with another key."""


_UNREADABLE = (
    WeChatException,
    ExpatError,
    binascii.Error,
    struct.error,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AssertionError,
    OverflowError,
)
"""What wechatpy and the cipher raise on input that was not made with our key."""


class CallbackCrypto:
    """Reads and writes callbacks with the token and EncodingAESKey of one app."""

    def __init__(self, token: str, aes_key: str, corp_id: str) -> None:
        try:
            self._crypto = WeChatCrypto(token, aes_key, corp_id)
        except (AssertionError, ValueError):
            raise ValueError("the EncodingAESKey must have 43 letters and digits") from None

    def verify_url(self, msg_signature: str, timestamp: str, nonce: str, echostr: str) -> str:
        """The text WeCom expects back when the callback URL is saved; raises `BadCallback` (WeCom path/90930)."""
        try:
            return _text(self._crypto.check_signature(msg_signature, timestamp, nonce, echostr))
        except _UNREADABLE as error:
            raise BadCallback(f"unreadable echostr: {type(error).__name__}") from None

    def decrypt(self, msg_signature: str, timestamp: str, nonce: str, body_xml: str) -> str:
        """The XML inside a callback's body, or inside a passive reply; raises `BadCallback` (WeCom path/90968)."""
        try:
            body = xml.read(body_xml)
            return _text(self._crypto.decrypt_message(body, msg_signature, timestamp, nonce))
        except _UNREADABLE as error:
            raise BadCallback(f"unreadable callback: {type(error).__name__}") from None

    def encrypt(self, reply_xml: str, nonce: str, timestamp: str) -> str:
        """The signed envelope around a passive reply (WeCom path/90241)."""
        return str(self._crypto.encrypt_message(reply_xml, nonce, timestamp))

    def open_reply(self, body_xml: str) -> str:
        """The XML inside a passive reply, which carries its signature in the body; raises `BadCallback`."""
        try:
            found = xml.read(body_xml)
            signature, stamp, nonce = found["MsgSignature"], found["TimeStamp"], found["Nonce"]
        except _UNREADABLE as error:
            raise BadCallback(f"unreadable reply: {type(error).__name__}") from None
        return self.decrypt(signature, stamp, nonce, body_xml)

    def signature(self, timestamp: str, nonce: str, sealed: str) -> str:
        """The `msg_signature` of a sealed value: SHA-1 over the sorted parts and the token."""
        parts = sorted((self._crypto.token, timestamp, nonce, sealed))
        return hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()

    def seal(self, text: str) -> str:
        """The bare cipher text of one value, such as the `echostr` of a URL check."""
        return _text(PrpCrypto(self._crypto.key).encrypt(text, self._crypto.corp_id))


def _text(value: str | bytes) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)

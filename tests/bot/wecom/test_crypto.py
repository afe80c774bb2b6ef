"""The encryption of callbacks, against WeCom's own sample."""

from __future__ import annotations

import pytest

from bot.wecom import xml
from bot.wecom.crypto import BadCallback, CallbackCrypto

CORP = "ww1436e0e65a779aee"
TOKEN = "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo"
AES_KEY = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"
ECHO = "fsi1xnbH4yQh0+PJxcOdhhK6TDXkjMyhEPA7xB2TGz6b+g7xyAbEkRxN/3cNXW9qdqjnoVzEtpbhnFyq6SVHyA=="
SIGNED = ("012bc692d0a58dd4b10f8dfe5c4ac00ae211ebeb", "1476416373", "47744683")

crypto = CallbackCrypto(TOKEN, AES_KEY, CORP)


def test_the_callback_url_can_be_saved_in_wecom_published_sample() -> None:
    assert crypto.verify_url(*SIGNED, ECHO) == "1288432023552776189"


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_stranger_cannot_forge_a_url_check(place: int) -> None:
    parts = [*SIGNED, ECHO]
    parts[place] = "9" + parts[place][1:]
    with pytest.raises(BadCallback):
        crypto.verify_url(*parts)


def test_a_press_reaches_the_bot_as_it_was_sent() -> None:
    envelope = crypto.encrypt("<xml><Content>通过 & <驳回></Content></xml>", "47744683", "1476416373")
    signature = xml.read(envelope)["MsgSignature"]
    assert crypto.decrypt(signature, "1476416373", "47744683", envelope) == (
        "<xml><Content>通过 & <驳回></Content></xml>"
    )


@pytest.mark.parametrize("body", ["", "not xml", "<xml></xml>", "<xml><Encrypt>AAAA</Encrypt></xml>", "<a><b/></a>"])
def test_damaged_calls_are_refused_and_do_not_break_the_bot(body: str) -> None:
    with pytest.raises(BadCallback):
        crypto.decrypt(SIGNED[0], SIGNED[1], SIGNED[2], body)


def test_a_call_for_another_corp_is_refused() -> None:
    other = CallbackCrypto(TOKEN, AES_KEY, "ww0000000000000000")
    envelope = other.encrypt("<xml><A>1</A></xml>", "1", "2")
    with pytest.raises(BadCallback):
        crypto.decrypt(xml.read(envelope)["MsgSignature"], "2", "1", envelope)


def test_a_key_that_is_mistyped_is_named_when_the_bot_starts() -> None:
    with pytest.raises(ValueError, match="EncodingAESKey"):
        CallbackCrypto(TOKEN, "short", CORP)

"""What the archive's codes are called on screens, in messages, sheets and histories."""

from __future__ import annotations

ORG_KINDS = {"brand": "品牌", "dealer": "经销商", "store": "门店"}

SETTLEMENT_METHODS = {
    "": "未约定", "prepaid": "预付", "cash_on_delivery": "货到付款", "monthly_credit": "月结",
    "bank_transfer": "银行转账",
}  # fmt: skip

COOPERATIONS = {"prospect": "洽谈中", "active": "合作中", "paused": "暂停合作", "ended": "已终止"}

STORE_KINDS = {
    "": "未填写", "convenience": "便利店", "supermarket": "超市", "grocery": "食杂店", "restaurant": "餐饮店",
    "specialty": "烟酒店", "wholesale": "批发部", "person": "个人客户", "other": "其他",
}  # fmt: skip

QUALIFICATION_KINDS = {
    "business_licence": "营业执照", "food_licence": "食品经营许可证", "alcohol_licence": "酒类经营许可证",
    "authorization": "授权书", "contract": "合同", "other": "其他资质",
}  # fmt: skip

STATUSES = {"active": "正常", "frozen": "已冻结"}

STANDARD_GROUP = "standard"
"""The price group of whoever is in no other; all others are called what the supplier calls them."""

STANDARD_GROUP_NAME = "标准价"


def group_name(price_group: str) -> str:
    """A price group as people say it."""
    return STANDARD_GROUP_NAME if price_group == STANDARD_GROUP else price_group


def group_called(name: str) -> str:
    """The price group that people call so."""
    return STANDARD_GROUP if name == STANDARD_GROUP_NAME else name

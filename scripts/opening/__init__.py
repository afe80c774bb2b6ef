"""Opening a deployment: found the brand with its administrator, then load its archives from an Excel workbook.

Everything goes through the verbs that the screens use, so that checks, journals and the audit trail are the same.
"""

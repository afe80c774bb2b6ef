"""Trace: the way of each case, from the brand's hand to the shelf where somebody scans it.

Owns `trace_range`, `trace_pallet`, `trace_hand`, `trace_code`, `trace_scan`, `diversion`, `diversion_issue`, `recall`,
`recall_holder`. Codes are made as ranges; a row per case begins when it is bound to a document. A document that goods
pass with is one hand, whatever their number, and each case names its hands: so its way is one row and what that names.
What turns up where the dealer that it was sold to has no authority opens a diversion. (S1.4)

`codes`, `serials` what codes say · `ranges` making and printing them · `finding` the cases that they name · `binding`
cases to goods issues · `passing` to other documents · `ways` reading a way · `scans` somebody scans · `diversions`
working through one · `recalls` calling a lot back · `page` what a consumer sees
"""

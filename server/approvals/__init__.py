"""Approvals: one small engine for everything a person must decide.

Owns `approval`, `approval_flow`, `approval_step` and `approval_taken`. A decision takes effect once, whoever presses
first, on whatever surface. The module that owns the subject registers what approving and rejecting mean; routes, chat
cards and jobs all call `decide`. An org sets its steps as data: who, under which conditions, and who is asked when
nobody decides (`flows.py`); `steps.py` holds the rules as plain functions. (S2.1, B1)
"""

"""Approvals: one small engine for everything a person must decide.

Owns `approval` and `approval_rule`. A decision takes effect once, whoever presses first, on whatever surface. The
module that owns the subject registers what approving and rejecting mean; routes, chat cards and jobs all call
`decide`. Above the amount of a rule a second person decides after the first. (S2.1, B1)
"""

"""Proof to outsiders: exports of the journal, their verification without a database, and signed heads.

`layout`, `reading`, `rows`, `comparing` and `verify` need nothing but Python and `ledger.chain`.
"""

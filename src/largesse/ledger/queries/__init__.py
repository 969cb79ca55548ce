"""The ledger's SQL, one file per subject; every statement is a small named function."""

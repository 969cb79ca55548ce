"""The receipt of a purchase: what was bought from whom, with tax, and what was given back since."""

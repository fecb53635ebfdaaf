"""Whether a company can be asked, step by step: what works, what does not, and what to do about it."""

"""SQL for Sage Intacct."""

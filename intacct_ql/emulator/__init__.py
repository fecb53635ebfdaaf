"""A Sage Intacct XML gateway in a box: a company's rows behind the gateway's own wire format."""

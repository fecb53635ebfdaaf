"""Who signs in where: credentials out of the environment, the profile file and the system keyring."""

from intacct_ql.profiles.settings import ENDPOINT, Settings, load

__all__ = ["ENDPOINT", "Settings", "load"]

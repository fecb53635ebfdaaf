"""Where the snapshot of a company lies.

In: who signs in where. Out: a file. Refuses to know: what is in it.

Each user of a company has a snapshot, for users may not see the same, and each entity, for fields may differ there [?].
The name tells people whose it is; a digest keeps apart what is spelled alike. No secret goes into either.
"""

import os
import re
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit


def snapshot_file(*, company: str, user: str, entity: str | None, endpoint: str) -> Path:
    """The file for who signs in there; there may be none yet."""
    from platformdirs import user_cache_dir  # noqa: PLC0415 - cold start: only where something is configured

    parts = (company, user, entity or "", _host(endpoint))
    digest = sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:10]
    readable = re.sub(r"[^a-z0-9]+", "-", "-".join(part for part in parts[:3] if part).casefold()).strip("-")
    folder = user_cache_dir("intacct-ql", appauthor=False)
    return Path(os.path.join(folder, "snapshots", f"{readable[:60]}-{digest}.sqlite"))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).netloc.rpartition("@")[2]).casefold()
    except ValueError:
        return url

"""A process that sends as many requests as a rate lets it: URL, file, calls, seconds, how long.

Prints a line when it begins and, at its end, how many requests it sent.
"""

import sys
import threading
import time
import urllib.request

from intacct_ql.executor.rate import Rate

THREADS = 4
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
LOGIN = "<login><userid>demo</userid><companyid>demo</companyid><password>demo</password></login>"
BODY = (
    "<request><control><senderid>demo</senderid><password>demo</password><controlid>c</controlid></control>"
    f"<operation><authentication>{LOGIN}</authentication><content><function controlid='f'>"
    "<lookup><object>UOM</object></lookup></function></content></operation></request>"
).encode()


def send(url: str) -> None:
    request = urllib.request.Request(url, BODY, {"Content-Type": "application/xml"})
    with DIRECT.open(request, timeout=30) as reply:
        assert b"<status>success</status>" in reply.read()


def work(url: str, rate: Rate, end: float, sent: list[None]) -> None:
    while time.monotonic() < end:
        answer = rate.enter()
        if isinstance(answer, float):
            time.sleep(max(0, min(answer, end - time.monotonic())))
            continue
        try:
            send(url)
            sent.append(None)
        finally:
            answer.leave()


def main(url: str, file: str, calls: str, seconds: str, duration: str) -> None:
    rate = Rate(int(calls), seconds=float(seconds), timeout=3.0, file=file)
    sent: list[None] = []
    print("begun", flush=True)
    end = time.monotonic() + float(duration)
    threads = [threading.Thread(target=work, args=(url, rate, end, sent)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(len(sent), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

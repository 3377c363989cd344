#!/usr/bin/env python3
"""SLUICE_TOKEN=… download_httpx.py URL FILE: downloads with httpx, resumes after every interruption."""

import os
import sys
import time

import httpx


def size_of(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def attempt(client, url, token, part, tag):
    """One request. True when the file is complete."""
    have = size_of(part) if size_of(tag) > 0 else 0
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    if have:
        with open(tag, encoding="ascii") as file:
            headers.update({"Range": f"bytes={have}-", "If-Range": file.read()})
    with client.stream("GET", url, headers=headers) as answer:
        if answer.status_code == 416 and answer.headers.get("Content-Range") == f"bytes */{have}":
            return True
        if answer.status_code not in (200, 206):
            answer.read()
            raise httpx.HTTPStatusError(answer.text[:300], request=answer.request, response=answer)
        if answer.status_code == 200:
            have = 0
            open(part, "wb").close()
            with open(tag, "w", encoding="ascii") as file:
                file.write(answer.headers.get("ETag", ""))
        size = have + int(answer.headers["Content-Length"])
        with open(part, "ab") as file:
            for chunk in answer.iter_bytes(1 << 16):
                file.write(chunk)
    return size_of(part) == size


def download(url, token, path):
    part, tag = path + ".part", path + ".etag"
    with httpx.Client(timeout=30) as client:
        failures = 0
        while failures < 8:  # in a row, without a byte in between
            before = size_of(part)
            try:
                if attempt(client, url, token, part, tag):
                    os.replace(part, path)
                    os.remove(tag)
                    return
            except httpx.HTTPStatusError as why:
                if why.response.status_code not in (408, 429, 500, 502, 503, 504):
                    raise
                time.sleep(int(why.response.headers.get("Retry-After", 1)))
            except httpx.TransportError:
                time.sleep(min(30, 0.5 * 2**failures))
            failures = 0 if size_of(part) > before else failures + 1
    raise SystemExit("the network fails again and again")


if __name__ == "__main__":
    download(sys.argv[1], os.environ["SLUICE_TOKEN"], sys.argv[2])

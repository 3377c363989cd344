#!/usr/bin/env python3
"""SLUICE_TOKEN=… download_aiohttp.py URL FILE: downloads with aiohttp, resumes after every interruption."""

import asyncio
import os
import sys

import aiohttp

# aiohttp limits the whole download to five minutes unless it is told otherwise.
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=30)


def size_of(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


async def attempt(session, url, token, part, tag):
    """One request. True when the file is complete."""
    have = size_of(part) if size_of(tag) > 0 else 0
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    if have:
        with open(tag, encoding="ascii") as file:
            headers.update({"Range": f"bytes={have}-", "If-Range": file.read()})
    async with session.get(url, headers=headers, allow_redirects=False) as answer:
        if answer.status == 416 and answer.headers.get("Content-Range") == f"bytes */{have}":
            return True
        if answer.status not in (200, 206):
            answer.raise_for_status()
        if answer.status == 200:
            have = 0
            open(part, "wb").close()
            with open(tag, "w", encoding="ascii") as file:
                file.write(answer.headers.get("ETag", ""))
        size = have + int(answer.headers["Content-Length"])
        with open(part, "ab") as file:
            async for chunk in answer.content.iter_chunked(1 << 16):
                file.write(chunk)
    return size_of(part) == size


async def download(url, token, path):
    part, tag = path + ".part", path + ".etag"
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        failures = 0
        while failures < 8:  # in a row, without a byte in between
            before = size_of(part)
            try:
                if await attempt(session, url, token, part, tag):
                    os.replace(part, path)
                    os.remove(tag)
                    return
            except aiohttp.ClientResponseError as why:
                if why.status not in (408, 429, 500, 502, 503, 504):
                    raise
                await asyncio.sleep(int(why.headers.get("Retry-After", 1)))
            except (aiohttp.ClientError, asyncio.TimeoutError):
                await asyncio.sleep(min(30, 0.5 * 2**failures))
            failures = 0 if size_of(part) > before else failures + 1
    raise SystemExit("the network fails again and again")


if __name__ == "__main__":
    asyncio.run(download(sys.argv[1], os.environ["SLUICE_TOKEN"], sys.argv[2]))

"""Ask the web service without a server."""

from __future__ import annotations

import asyncio

import httpx
from fastapi import FastAPI


class Client:
    """Asks the service in this process."""

    def __init__(self, api: FastAPI) -> None:
        self.api = api

    def get(self, path: str, **options: object) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.api)
            async with httpx.AsyncClient(transport=transport, base_url="http://twin") as client:
                return await client.get(path, **options)  # type: ignore[arg-type]

        return asyncio.run(ask())

"""The smallest app of the sandbox: things with a number, and a count of the work done."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from instep.sandbox import SandboxApp
from instep.sandbox.state import Collection


class Toy(SandboxApp):
    name = "toy"

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        self.things = Collection(self.state, "things", {"size": lambda thing: thing["size"]})
        self.entered = asyncio.Event()
        self.leave = asyncio.Event()

    def asgi(self):
        return Starlette(
            routes=[
                Route("/things/{number:int}", self._get),
                Route("/things/{number:int}", self._put, methods=["PUT", "POST"]),
                Route("/wait", self._wait),
            ]
        )

    def describe(self, url):
        return {"url": url}

    def load(self, people):
        self.things.put_many((number, {"size": number}) for number, _ in enumerate(people))
        return self.things.count()

    def refuse(self, fault, request):
        return PlainTextResponse(fault, 500 if fault == "server_error" else 429)

    async def _get(self, request):
        return JSONResponse({"thing": self.things.get(request.path_params["number"])})

    async def _put(self, request):
        number = request.path_params["number"]
        self.things.put(number, {"size": (await request.json())["size"]})
        return JSONResponse({"done": True})

    async def _wait(self, request):
        self.entered.set()
        await self.leave.wait()
        return PlainTextResponse("waited")

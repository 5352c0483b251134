import { afterEach, describe, expect, it, vi } from "vitest";

import { answer, http, Refusal } from "./client";

const replying = (status: number, body: unknown) =>
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json(body, { status })));

const asked = () => answer(http.GET("/api/syncs/{name}", { params: { path: { name: "people" } } }));

describe("an answer", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("is what the server said", async () => {
    replying(200, { name: "people" });
    expect(await asked()).toEqual({ name: "people" });
  });

  it("is a refusal with the server's own sentence", async () => {
    replying(409, { error: "Release it first.", kind: "NeedsPerson" });
    const refused = await asked().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refusal);
    expect(refused).toMatchObject({
      message: "Release it first.",
      kind: "NeedsPerson",
      status: 409,
    });
  });

  it("says what to do where nobody answers", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(asked()).rejects.toThrow("Check that it is still running");
  });
});

import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { InDoubt } from "./InDoubt";

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a step of which nobody knows whether it was carried out", () => {
  it("is answered for by a person, with what they found", async () => {
    const asked: Request[] = [];
    vi.stubGlobal("fetch", (request: Request) => {
      asked.push(request);
      return Promise.resolve(Response.json({ id: "frn_1" }));
    });
    render(
      <MantineProvider env="test">
        <QueryClientProvider client={new QueryClient()}>
          <InDoubt run={{ id: "frn_1", step: "send_mail", steps: [] }} />
        </QueryClientProvider>
      </MantineProvider>,
    );
    expect(screen.getByText("Was “send_mail” carried out?")).toBeTruthy();
    await userEvent.click(screen.getByText("No, it was not: do it now"));
    const [request] = asked;
    expect(request?.url).toContain("/api/flow-runs/frn_1/answer");
    expect(await request?.json()).toEqual({ happened: false });
  });
});

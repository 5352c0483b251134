// What the flow builder asks: documents and their checks, what there is to use, tests.
import { queryOptions } from "@tanstack/react-query";

import type { FlowDocument } from "../canvas/flow";
import { answer, http, type Schemas } from "./client";

export type Problem = Schemas["ProblemView"];
export type Saved = Schemas["SavedView"];
export type Tested = Schemas["TestedView"];
export type StepTested = Schemas["StepTested"];
export type InputOffered = Schemas["InputView"];
export type Sending = Schemas["Sending"];
export type Found = Schemas["FoundView"];

/** What is offered changes with the connections, not while somebody types. */
const OFFER_KEPT = 60_000;

const plain = (document: FlowDocument): Record<string, unknown> => ({ ...document });

export const saveDraft = (document: FlowDocument) =>
  answer(
    http.PUT("/api/flows/{name}", {
      params: { path: { name: document.id } },
      body: { document: plain(document) },
    }),
  );

export const flowDocument = (name: string, version?: number) =>
  queryOptions({
    queryKey: ["flow-document", name, version ?? null],
    queryFn: () =>
      answer(
        http.GET("/api/flows/{name}/document", { params: { path: { name }, query: { version } } }),
      ).then((found) => found.document),
  });

export const flowCheck = (document: FlowDocument) =>
  answer(http.POST("/api/flows/check", { body: { document: plain(document) } }));

export const versions = (name: string) =>
  queryOptions({
    queryKey: ["flows", name, "versions"],
    queryFn: () => answer(http.GET("/api/flows/{name}/versions", { params: { path: { name } } })),
  });

export const offerings = queryOptions({
  queryKey: ["flow-offer"],
  queryFn: () => answer(http.GET("/api/flow-offer")),
  staleTime: OFFER_KEPT,
});

export const operations = (connection: string, words: string) =>
  queryOptions({
    queryKey: ["flow-offer", connection, "operations", words],
    queryFn: () =>
      answer(
        http.GET("/api/flow-offer/{connection}/operations", {
          params: { path: { connection }, query: { words, limit: 40 } },
        }),
      ),
    enabled: connection !== "",
    staleTime: OFFER_KEPT,
  });

export const operation = (connection: string, name: string) =>
  queryOptions({
    queryKey: ["flow-offer", connection, "operation", name],
    queryFn: () =>
      answer(
        http.GET("/api/flow-offer/{connection}/operations/{operation}", {
          params: { path: { connection, operation: name } },
        }),
      ),
    enabled: connection !== "" && name !== "",
    staleTime: OFFER_KEPT,
  });

export const triggers = (connection: string) =>
  queryOptions({
    queryKey: ["flow-offer", connection, "triggers"],
    queryFn: () =>
      answer(
        http.GET("/api/flow-offer/{connection}/triggers", {
          params: { path: { connection }, query: { limit: 1000 } },
        }),
      ),
    enabled: connection !== "",
    staleTime: OFFER_KEPT,
  });

export const trigger = (connection: string, how: "poll" | "event", name: string) =>
  queryOptions({
    queryKey: ["flow-offer", connection, "trigger", how, name],
    queryFn: () =>
      answer(
        http.GET("/api/flow-offer/{connection}/triggers/{how}/{trigger}", {
          params: { path: { connection, how, trigger: name } },
        }),
      ),
    enabled: connection !== "" && name !== "",
    staleTime: OFFER_KEPT,
  });

export const choices = (connection: string, wanted: Schemas["ChoicesWanted"], enabled: boolean) =>
  queryOptions({
    queryKey: ["flow-choices", connection, wanted],
    queryFn: () =>
      answer(
        http.POST("/api/flow-offer/{connection}/choices", {
          params: { path: { connection } },
          body: wanted,
        }),
      ),
    enabled,
    staleTime: OFFER_KEPT,
    retry: false,
  });

export const testFlow = (document: FlowDocument, more: Partial<Schemas["TestWanted"]>) =>
  answer(
    http.POST("/api/flow-tests", {
      body: {
        document: plain(document),
        send: "nothing",
        source: "any",
        confirmed: false,
        ...more,
      },
    }),
  );

export const address = (name: string) =>
  queryOptions({
    queryKey: ["flows", name, "address"],
    queryFn: () => answer(http.GET("/api/flows/{name}/address", { params: { path: { name } } })),
  });

export const renewAddress = (name: string) =>
  answer(http.POST("/api/flows/{name}/address/renew", { params: { path: { name } } }));

export const startFlow = (name: string, item: unknown) =>
  answer(http.POST("/api/flows/{name}/start", { params: { path: { name } }, body: { item } }));

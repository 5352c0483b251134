import { queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";
import { overview } from "./overview";
import { live, LIVE } from "./queries";

export type Connection = Schemas["ConnectionView"];
export type Connector = Schemas["ConnectorView"];

export const connections = queryOptions({
  queryKey: ["connections"],
  queryFn: () => answer(http.GET("/api/connections")),
  ...live("connection"),
});

export const connectors = queryOptions({
  queryKey: ["connectors"],
  queryFn: () => answer(http.GET("/api/connectors")),
});

export const scopes = (name: string) =>
  queryOptions({
    queryKey: ["connections", name, "scopes"],
    queryFn: () =>
      answer(http.GET("/api/connections/{name}/scopes", { params: { path: { name } } })),
  });

export const connect = (body: Schemas["NewConnection"]) =>
  answer(http.POST("/api/connections", { body }));

export const renew = (name: string, body: Schemas["ConnectionChange"]) =>
  answer(http.PATCH("/api/connections/{name}", { params: { path: { name } }, body }));

/** Where apps send people back: whoever makes an app at their side has to list it there. */
export const CALLBACK = `${window.location.origin}/oauth/callback`;

export const scopeReasons = (connector: string, auth: string, connection = "", recipe?: string) =>
  queryOptions({
    queryKey: ["connectors", connector, "scopes", auth, connection, recipe],
    queryFn: () =>
      answer(
        http.GET("/api/connectors/{connector}/scopes", {
          params: { path: { connector }, query: { auth, connection, recipe } },
        }),
      ),
  });

export const authorise = (body: Schemas["NewAuthorisation"]) =>
  answer(http.POST("/api/authorisations", { body }));

export const authoriseAgain = (name: string, body: Schemas["NewGrant"]) =>
  answer(http.POST("/api/connections/{name}/authorise", { params: { path: { name } }, body }));

export const finish = (body: Schemas["GrantAnswer"]) =>
  answer(http.POST("/api/authorisations/answer", { body }));

export type ConnectionStanding = Schemas["ConnectionStandingView"];

/** How one connection stands: its expiry, its quota, and what uses it. */
export const connectionStanding = (id: string) =>
  queryOptions({
    ...overview,
    select: ({ connections: all }) => all.find((each) => each.id === id) ?? null,
  });

export const calls = (name: string) =>
  queryOptions({
    queryKey: ["connections", name, "calls"],
    queryFn: () =>
      answer(http.GET("/api/connections/{name}/calls", { params: { path: { name } } })),
    refetchInterval: LIVE,
  });

export const testConnection = (name: string) =>
  answer(http.POST("/api/connections/{name}/test", { params: { path: { name } } }));

export const remove = (name: string) =>
  answer(http.DELETE("/api/connections/{name}", { params: { path: { name } } }));

import { queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";
import { live } from "./queries";

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

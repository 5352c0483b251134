// What programs come in with, for admins.
import { queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";

export type Token = Schemas["TokenView"];

export const tokens = queryOptions({
  queryKey: ["tokens"],
  queryFn: () => answer(http.GET("/api/tokens")),
});

export const makeToken = (body: Schemas["NewToken"]) => answer(http.POST("/api/tokens", { body }));

export const revokeToken = (name: string) =>
  answer(http.DELETE("/api/tokens/{name}", { params: { path: { name } } }));

// Who may come in, for admins.
import { queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";

export type Role = Schemas["Role"];
export type Person = Schemas["UserView"];

export const users = queryOptions({
  queryKey: ["users"],
  queryFn: () => answer(http.GET("/api/users")),
});

export const invite = (name: string, role: Role) =>
  answer(http.POST("/api/users/invite", { body: { name, role } }));

export const setRole = (name: string, role: Role) =>
  answer(http.PATCH("/api/users/{name}", { params: { path: { name } }, body: { role } }));

export const lockUser = (name: string) =>
  answer(http.POST("/api/users/{name}/lock", { params: { path: { name } } }));

export const unlockUser = (name: string) =>
  answer(http.POST("/api/users/{name}/unlock", { params: { path: { name } } }));

export const removeUser = (name: string) =>
  answer(http.DELETE("/api/users/{name}", { params: { path: { name } } }));

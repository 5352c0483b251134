// What admins see to: the keys that seal secrets, and for how long what is over is kept.
import { queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";

export type Keys = Schemas["KeysView"];
export type Retained = Schemas["RetainedView"];

export const keys = queryOptions({
  queryKey: ["keys"],
  queryFn: () => answer(http.GET("/api/keys")),
});

export const rotateKey = () => answer(http.POST("/api/keys/rotate"));
export const resealSecrets = () => answer(http.POST("/api/keys/reseal"));
export const forgetKeys = () => answer(http.POST("/api/keys/forget"));

export const retention = queryOptions({
  queryKey: ["retention"],
  queryFn: () => answer(http.GET("/api/retention")),
});

export const setRetention = (what: Retained["what"], days: number | null) =>
  answer(http.PUT("/api/retention/{what}", { params: { path: { what } }, body: { days } }));

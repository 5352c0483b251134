import { queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";

export type Judged = Schemas["ManifestJudged"];
export type Problem = Schemas["ManifestProblem"];
export type Trial = Schemas["ManifestTrial"];
export type Proposal = Schemas["ProposalView"];

export const manifests = queryOptions({
  queryKey: ["manifests"],
  queryFn: () => answer(http.GET("/api/manifests")),
});

export const manifestText = async (name: string) =>
  (await answer(http.GET("/api/manifests/{name}", { params: { path: { name } } }))).text;

export const checkManifest = (text: string) =>
  answer(http.POST("/api/manifests/check", { body: { text } }));

export const verifyManifest = (body: Schemas["TriedManifest"]) =>
  answer(http.POST("/api/manifests/verify", { body }));

export const verifyConnection = (connection: string) =>
  answer(http.POST("/api/manifests/verify/{connection}", { params: { path: { connection } } }));

export const probeApp = (body: Schemas["ProbedApp"]) =>
  answer(http.POST("/api/manifests/probe", { body }));

export const keepManifest = (text: string, replace: boolean) =>
  answer(http.PUT("/api/manifests", { body: { text, replace } }));

export const removeManifest = (name: string) =>
  answer(http.DELETE("/api/manifests/{name}", { params: { path: { name } } }));

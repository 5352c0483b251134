import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";
import { live } from "./queries";

const PAGE = 50;

export type Waiting = Schemas["ToldView"];

export const waitingCount = queryOptions({
  queryKey: ["reviews", "count"],
  queryFn: async () =>
    (await answer(http.GET("/api/conflicts", { params: { query: { limit: 1 } } }))).total,
  ...live("review"),
});

export const waitingList = (sync?: string) =>
  infiniteQueryOptions({
    queryKey: ["reviews", "list", sync ?? null],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      answer(
        http.GET("/api/conflicts", {
          params: { query: { limit: PAGE, after: pageParam, sync: sync ?? undefined } },
        }),
      ),
    getNextPageParam: (last) => last.next ?? undefined,
    ...live("review"),
  });

export const settle = (body: Schemas["Resolution"]) =>
  answer(http.POST("/api/conflicts/resolve", { body }));

export const settleAll = (body: Schemas["WideResolution"]) =>
  answer(http.POST("/api/conflicts/resolve-all", { body }));

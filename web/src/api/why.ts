import { queryOptions } from "@tanstack/react-query";

import { answer, http } from "./client";

/** How the records stand that somebody asks for by name, e-mail address, phone number or id. */
export const why = (record: string) =>
  queryOptions({
    queryKey: ["why", record],
    queryFn: () => answer(http.GET("/api/why", { params: { query: { record } } })),
    enabled: record.length > 1,
  });

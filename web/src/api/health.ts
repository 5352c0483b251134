import { queryOptions } from "@tanstack/react-query";

import { answer, http } from "./client";

export const health = queryOptions({
  queryKey: ["health"],
  queryFn: () => answer(http.GET("/health")),
});

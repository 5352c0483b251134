import { queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";

export type Recipe = Schemas["RecipeView"];
export type RecipeDetail = Schemas["RecipeDetail"];
export type Used = Schemas["UsedView"];

export const recipes = queryOptions({
  queryKey: ["recipes"],
  queryFn: () => answer(http.GET("/api/recipes")),
  staleTime: 300_000,
});

export const recipe = (id: string) =>
  queryOptions({
    queryKey: ["recipes", id],
    queryFn: () =>
      answer(http.GET("/api/recipes/{recipe_id}", { params: { path: { recipe_id: id } } })),
  });

export const applyRecipe = (id: string, body: Schemas["RecipeUse"]) =>
  answer(http.POST("/api/recipes/{recipe_id}/use", { params: { path: { recipe_id: id } }, body }));

export const choices = (connection: string, operation: string, input: string) =>
  queryOptions({
    queryKey: ["choices", connection, operation, input],
    queryFn: () =>
      answer(
        http.POST("/api/flow-offer/{connection}/choices", {
          params: { path: { connection } },
          body: { operation, input },
        }),
      ),
    staleTime: 60_000,
  });

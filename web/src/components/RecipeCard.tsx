import { Anchor, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Recipe } from "../api/recipes";
import { appName } from "../words/names";

/** A recipe in short: what it is called, which apps it is for, and what it does. */
export function RecipeCard({ recipe, children }: { recipe: Recipe; children?: ReactNode }) {
  return (
    <article className="panel">
      <Title order={3} size="h5">
        <Anchor component={Link} to={`/recipes/${recipe.id}`} inherit>
          {recipe.name}
        </Anchor>
      </Title>
      <Text size="sm" c="dimmed">
        {recipe.apps.map(appName).join(" and ")}
      </Text>
      <Text size="sm" mt={4} mb={children ? "xs" : undefined}>
        {recipe.what}
      </Text>
      {children}
    </article>
  );
}

import { Group, List, SimpleGrid, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { recipes } from "../../api/recipes";
import { ButtonLink } from "../../components/links";
import { RecipeCard } from "../../components/RecipeCard";
import { appName } from "../../words/names";

const SHOWN = 3;

/** The way from nothing to two apps in step, which begins with what shall happen. */
export function FirstSteps({ connections }: { connections: { connector: string }[] }) {
  const connected = new Set(connections.map((each) => each.connector));
  const isReady = connected.has("gohighlevel") && connected.size > 1;
  return (
    <Stack className="panel" gap="sm" align="stretch">
      <Title order={2} size="h4">
        First steps
      </Title>
      <List type="ordered" spacing="xs">
        <List.Item>Choose what shall happen: a recipe fills in the rules.</List.Item>
        <List.Item>
          Connect the apps it is for.{" "}
          {connected.size > 0 && (
            <strong>Connected: {[...connected].map(appName).join(", ")}.</strong>
          )}
        </List.Item>
        <List.Item>Look at what would happen, record by record, before anything does.</List.Item>
        <List.Item>
          Turn it on. From then on this page says whether everything is in step.
        </List.Item>
      </List>
      <Suggested connected={connected} />
      <Group gap="xs">
        <ButtonLink to="/recipes">Choose a recipe</ButtonLink>
        {!isReady && (
          <ButtonLink to="/connections/new" variant="default">
            Connect an app
          </ButtonLink>
        )}
      </Group>
    </Stack>
  );
}

/** Recipes to begin with: those whose apps are connected come first. */
function Suggested({ connected }: { connected: Set<string> }) {
  const { data = [] } = useQuery(recipes);
  const missing = (apps: string[]) => apps.filter((each) => !connected.has(each)).length;
  const first = data
    .filter((each) => each.kind === "sync" && !each.idea)
    .toSorted((one, other) => missing(one.apps) - missing(other.apps))
    .slice(0, SHOWN);
  return (
    <SimpleGrid cols={{ base: 1, sm: SHOWN }}>
      {first.map((each) => (
        <RecipeCard recipe={each} key={each.id} />
      ))}
    </SimpleGrid>
  );
}

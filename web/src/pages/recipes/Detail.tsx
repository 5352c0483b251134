import { Alert, List, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { recipe, type RecipeDetail } from "../../api/recipes";
import { Page, Section } from "../../components/Page";
import { Loaded } from "../../components/Waiting";
import { appName, fieldName, recordsOf } from "../../words/names";
import { Only } from "../../components/Only";
import { Picture } from "./Picture";
import { readSteps, readSyncs } from "./reading";
import { Setup } from "./Setup";

export function RecipePage() {
  const { id = "" } = useParams({ strict: false });
  const query = useQuery(recipe(id));
  return (
    <Page
      title={query.data?.name ?? "Recipe"}
      tab={query.data && `${query.data.name}, recipe`}
      back={{ to: "/recipes", label: "Recipes" }}
      about={query.data?.what}
    >
      <Loaded query={query} what="the recipe">
        {(found) => <Whole recipe={found} />}
      </Loaded>
    </Page>
  );
}

function Whole({ recipe: found }: { recipe: RecipeDetail }) {
  return (
    <Stack gap="xl" maw={760}>
      <Section title="In one picture">
        <Picture recipe={found} steps={readSteps(found.steps)} />
        <Text size="sm" mt="xs">
          When: {found.trigger}. Then: {found.result}.
        </Text>
      </Section>
      {found.label && (
        <Alert title="Good to know" variant="default">
          {found.label}
        </Alert>
      )}
      {found.remark && <Text>{found.remark}</Text>}
      <Does recipe={found} />
      <Only>
        <Setup recipe={found} />
      </Only>
    </Stack>
  );
}

function Does({ recipe: found }: { recipe: RecipeDetail }) {
  const syncs = readSyncs(found.syncs);
  const steps = readSteps(found.steps);
  return (
    <Section title="What it sets up">
      <List spacing={4}>
        {syncs.map((each) => (
          <List.Item key={each.name}>
            A sync of {recordsOf(each.records)}
            {each.direction === "both" && ", both ways"}
            {each.direction === "to_a" && `, into ${appName(found.apps[0] ?? "")}`}
            {each.direction === "to_b" && `, into ${appName(found.apps[1] ?? "")}`}
            {each.optional && ", if you want it"}
          </List.Item>
        ))}
        {steps.map((each, place) => (
          <List.Item key={place}>{each}</List.Item>
        ))}
      </List>
      {found.about.length > 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          It is about: {found.about.map(fieldName).join(", ")}.
        </Text>
      )}
    </Section>
  );
}

import { Group, NativeSelect, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { type Recipe, recipes } from "../../api/recipes";
import { Page, Section } from "../../components/Page";
import { RecipeCard } from "../../components/RecipeCard";
import { Empty, Loaded } from "../../components/Waiting";
import { count } from "../../words/format";
import { appName, fieldName } from "../../words/names";
import { Picture } from "./Picture";
import { PURPOSE_NAMES, serves } from "./reading";

export function RecipeGallery() {
  const query = useQuery(recipes);
  const { words = "", app = "", about = "" } = useSearch({ strict: false });
  const navigate = useNavigate();
  const look = (changes: { words?: string; app?: string; about?: string }) =>
    void navigate({
      to: "/recipes",
      search: {
        words: words || undefined,
        app: app || undefined,
        about: about || undefined,
        ...changes,
      },
      replace: true,
    });
  return (
    <Page
      title="Recipes"
      about="Ready-made syncs and flows. Choose one, say which connections it is for, look at what it would do, and turn it on."
    >
      <Loaded query={query} what="the recipes">
        {(found) => {
          const apps = [...new Set(found.flatMap((each) => each.apps))];
          const shown = found.filter((each) => isMeant(each, words, app) && serves(each, about));
          return (
            <Stack gap="lg">
              <Group align="flex-end">
                <TextInput
                  label="What shall happen?"
                  placeholder="tasks, follow up, tags …"
                  value={words}
                  onChange={(event) => look({ words: event.currentTarget.value || undefined })}
                  w={280}
                />
                <NativeSelect
                  label="With what?"
                  value={about}
                  data={[
                    { value: "", label: "anything" },
                    ...PURPOSE_NAMES.map((each) => ({ value: each, label: fieldName(each) })),
                  ]}
                  onChange={(event) => look({ about: event.currentTarget.value || undefined })}
                />
                <NativeSelect
                  label="With which app?"
                  value={app}
                  data={[
                    { value: "", label: "any app" },
                    ...apps.map((each) => ({ value: each, label: appName(each) })),
                  ]}
                  onChange={(event) => look({ app: event.currentTarget.value || undefined })}
                />
              </Group>
              <Text size="sm" c="dimmed" role="status">
                {count(shown.length, "recipe")}
              </Text>
              {shown.length === 0 && (
                <Empty title="No recipe is like that">Try fewer words, or any app.</Empty>
              )}
              <Shelf
                title="Keep two apps in step"
                recipes={shown.filter((each) => each.kind === "sync")}
              />
              <Shelf
                title="When this happens, do that"
                recipes={shown.filter((each) => each.kind !== "sync")}
              />
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}

function isMeant(recipe: Recipe, words: string, app: string): boolean {
  if (app && !recipe.apps.includes(app)) return false;
  const all = [recipe.name, recipe.what, recipe.trigger, recipe.result, ...recipe.apps.map(appName)]
    .join(" ")
    .toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

function Shelf({ title, recipes: found }: { title: string; recipes: Recipe[] }) {
  if (found.length === 0) return null;
  return (
    <Section title={title}>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {found.map((each) => (
          <RecipeCard recipe={each} key={each.id}>
            <Picture recipe={each} />
          </RecipeCard>
        ))}
      </SimpleGrid>
    </Section>
  );
}

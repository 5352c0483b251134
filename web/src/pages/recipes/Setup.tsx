import { Button, Checkbox, Group, Select, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { applyRecipe, type RecipeDetail, type Used } from "../../api/recipes";
import { PageLink } from "../../components/links";
import { Section } from "../../components/Page";
import { say } from "../../components/toast";
import { Failed } from "../../components/Waiting";
import { appName, recordsOf } from "../../words/names";
import { Ask } from "./Ask";
import { candidates, firstChoice, readAsks, readSyncs } from "./reading";
import { Made } from "./Result";

/** Only what is missing: which connections, what is optional, and what only a person knows. */
export function Setup({ recipe }: { recipe: RecipeDetail }) {
  const found = candidates(recipe);
  const [chosen, setChosen] = useState<Record<string, string>>(firstChoice(found));
  const [parts, setParts] = useState<string[]>([]);
  const [answers, setAnswers] = useState<Record<string, string>>({});
  const cache = useQueryClient();
  const using = useMutation<Used, unknown, boolean>({
    mutationFn: (dry) =>
      applyRecipe(recipe.id, {
        connections: chosen,
        parts,
        answers: filled(answers),
        publish: false,
        dry_run: dry,
      }),
    onSuccess: async (used) => {
      if (used.dry_run) return;
      say(`${recipe.name} is set up. Nothing is written before you turn it on.`);
      await cache.invalidateQueries();
    },
  });
  const missing = recipe.apps.filter((app) => found[app]?.length === 0);
  const isReady = recipe.apps.every((app) => chosen[app]);
  if (using.data && !using.data.dry_run) return <Made used={using.data} />;
  return (
    <Section title="Use it">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          using.mutate(false);
        }}
      >
        <Stack>
          {missing.map((app) => (
            <Text key={app}>
              {appName(app)} is not connected yet.{" "}
              <PageLink to="/connections/new" search={{ app, recipe: recipe.id }}>
                Connect it
              </PageLink>
              , then come back.
            </Text>
          ))}
          {recipe.apps
            .filter((app) => !missing.includes(app))
            .map((app) => (
              <Select
                key={app}
                label={`Which connection is ${appName(app)}?`}
                data={found[app]}
                value={chosen[app] ?? null}
                onChange={(value) => setChosen({ ...chosen, [app]: value ?? "" })}
                allowDeselect={false}
                required
              />
            ))}
          <Options recipe={recipe} parts={parts} change={setParts} />
          {readAsks(recipe.asks).map((each) => (
            <Ask
              key={each.name}
              ask={each}
              connection={each.choice ? chosen[each.choice.app] : undefined}
              value={answers[each.name] ?? ""}
              change={(value) => setAnswers({ ...answers, [each.name]: value })}
            />
          ))}
          {using.isError && <Failed error={using.error} />}
          {using.data?.dry_run && <Made used={using.data} />}
          <Group>
            <Button type="submit" disabled={!isReady} loading={using.isPending}>
              Set it up
            </Button>
            <Button
              variant="default"
              disabled={!isReady}
              loading={using.isPending}
              onClick={() => using.mutate(true)}
            >
              Only show what it would set up
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

function Options({
  recipe,
  parts,
  change,
}: {
  recipe: RecipeDetail;
  parts: string[];
  change: (parts: string[]) => void;
}) {
  const optional = readSyncs(recipe.syncs).filter((each) => each.optional);
  if (optional.length === 0) return null;
  return (
    <Checkbox.Group label="And if you want" value={parts} onChange={change}>
      <Stack gap="xs" mt={4}>
        {optional.map((each) => (
          <Checkbox
            key={each.name}
            value={each.name}
            label={`the ${recordsOf(each.records)}, too`}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

const filled = (answers: Record<string, string>) =>
  Object.fromEntries(Object.entries(answers).filter(([, value]) => value.trim() !== ""));

import { Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";

import { change, fields, sync, type SyncDetail } from "../../api/syncs";
import { Page, Section } from "../../components/Page";
import { say } from "../../components/toast";
import { Failed, Loaded } from "../../components/Waiting";
import { formatEvery } from "../../words/format";
import { recordsOf } from "../../words/names";
import { BrakesForm } from "./Brakes";
import { FilterForm } from "./Filter";

export function RulesPage() {
  const { name = "" } = useParams({ strict: false });
  const query = useQuery(sync(name));
  return (
    <Page
      title={`Rules of ${name}`}
      back={{ to: `/syncs/${name}`, label: name }}
      about="Who takes part, what follows a deletion, and when it stops by itself to be safe."
    >
      <Loaded query={query} what="the rules">
        {(found) => (
          <Stack gap="xl" maw={760}>
            <Filters sync={found} />
            <Deletions sync={found} />
            <BrakesForm sync={found} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Filters({ sync: of }: { sync: SyncDetail }) {
  const known = useQuery(fields(of.name));
  return (
    <Section title="Who takes part">
      <Loaded query={known} what="the fields of both apps">
        {(told) => (
          <Stack>
            {(["a", "b"] as const).map((side) => (
              <FilterForm
                key={`${side}${JSON.stringify(of.filters[side])}`}
                sync={of}
                side={side}
                fields={told[side].fields}
              />
            ))}
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}

const MINUTES = [60, 120, 300, 600, 900];

function Deletions({ sync: of }: { sync: SyncDetail }) {
  const cache = useQueryClient();
  const [a, setA] = useState(of.deletes.a ?? "ignore");
  const [b, setB] = useState(of.deletes.b ?? "ignore");
  const [leaving, setLeaving] = useState(of.leaving);
  const [every, setEvery] = useState(String(of.every_seconds));
  const saved = useMutation({
    mutationFn: () => change(of.name, { deletes: { a, b }, leaving, every_seconds: Number(every) }),
    onSuccess: async () => {
      say("The rules are saved. The next run goes by them.");
      await cache.invalidateQueries();
    },
  });
  const records = recordsOf(of.records);
  const choices = [
    { value: "ignore", label: "it stays as it is" },
    { value: "tag", label: "it gets a tag that says so" },
    { value: "archive", label: "it is archived" },
    { value: "delete", label: "it is deleted, too" },
  ];
  const lookChoices = [...new Set([...MINUTES, of.every_seconds])]
    .sort((one, other) => one - other)
    .map((seconds) => ({ value: String(seconds), label: formatEvery(seconds) }));
  return (
    <Section title="Deletions, and how often it looks">
      <Stack>
        <NativeSelect
          label={`When one of the ${records} is deleted in ${of.b}, its partner in ${of.a}:`}
          data={choices}
          value={a}
          onChange={(event) => setA(event.currentTarget.value)}
        />
        <NativeSelect
          label={`When one of the ${records} is deleted in ${of.a}, its partner in ${of.b}:`}
          data={choices}
          value={b}
          onChange={(event) => setB(event.currentTarget.value)}
        />
        <NativeSelect
          label="When one no longer meets the conditions above:"
          data={[
            { value: "stop", label: "both stay as they are" },
            { value: "keep", label: "it is still kept equal" },
            { value: "tag", label: "both stay, and its partner gets a tag that says so" },
          ]}
          value={leaving}
          onChange={(event) => setLeaving(event.currentTarget.value)}
        />
        <NativeSelect
          label="How often it looks for changes:"
          data={lookChoices}
          value={every}
          onChange={(event) => setEvery(event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed">
          A deletion is only believed after Instep has asked the app for the record itself.
        </Text>
        {saved.isError && <Failed error={saved.error} />}
        <Group>
          <Button onClick={() => saved.mutate()} loading={saved.isPending}>
            Save these rules
          </Button>
        </Group>
      </Stack>
    </Section>
  );
}

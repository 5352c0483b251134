import { Button, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { connections, connectors } from "../../api/connections";
import { create, pause } from "../../api/syncs";
import { Page } from "../../components/Page";
import { say } from "../../components/toast";
import { Failed, Loaded } from "../../components/Waiting";
import { fieldName, recordsOf } from "../../words/names";

/** A sync without a recipe: two connections and a kind of record; the rest is changed afterwards. */
export function NewSync() {
  const query = useQuery(connections);
  const apps = useQuery(connectors);
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [a, setA] = useState<string | null>(null);
  const [b, setB] = useState<string | null>(null);
  const [records, setRecords] = useState<string | null>("contact");
  const [name, setName] = useState("");
  const made = useMutation({
    mutationFn: async () => {
      const sync = await create({
        name: name.trim(),
        a: a ?? "",
        b: b ?? "",
        records: records ?? "contact",
        every_seconds: 300,
      });
      await pause(sync.name); // nothing is written before somebody has seen what would be
      return sync;
    },
    onSuccess: async (sync) => {
      await cache.invalidateQueries();
      say(`${sync.name} is set up, and paused until you turn it on.`);
      await navigate({ to: "/syncs/$name/mapping", params: { name: sync.name } });
    },
  });
  return (
    <Page
      title="New sync"
      back={{ to: "/syncs", label: "Syncs" }}
      about="It starts with every field both apps have, and paused: you look at the fields and at what would happen before you turn it on."
    >
      <Loaded query={query} what="your connections">
        {(found) => {
          const names = found.map((each) => each.name);
          const kindsOf = (end: string | null) => {
            const connector = found.find((each) => each.name === end)?.connector;
            return apps.data?.find((each) => each.name === connector)?.records ?? [];
          };
          const kinds = kindsOf(a).filter((kind) => kindsOf(b).includes(kind));
          return (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                made.mutate();
              }}
            >
              <Stack maw={480}>
                <Select label="One app" data={names} value={a} onChange={setA} required />
                <Select
                  label="The other app"
                  data={names.filter((each) => each !== a)}
                  value={b}
                  onChange={setB}
                  required
                />
                <Select
                  label="Which records?"
                  data={kinds.map((kind) => ({ value: kind, label: fieldName(recordsOf(kind)) }))}
                  value={records}
                  onChange={setRecords}
                  disabled={kinds.length === 0}
                  description={
                    a && b && kinds.length === 0 ? "These two have no kind in common." : undefined
                  }
                  required
                />
                <TextInput
                  label="What shall the sync be called?"
                  value={name}
                  onChange={(event) => setName(event.currentTarget.value)}
                  required
                />
                {made.isError && <Failed error={made.error} />}
                <Button type="submit" loading={made.isPending} disabled={!a || !b} w="fit-content">
                  Set it up
                </Button>
              </Stack>
            </form>
          );
        }}
      </Loaded>
    </Page>
  );
}

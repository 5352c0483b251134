import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useReducer, useState } from "react";

import type { Schemas } from "../../../api/client";
import { change, fields, sync, type SyncDetail } from "../../../api/syncs";
import { begun, type Change, changed, type History } from "../../../canvas/history";
import { Page } from "../../../components/Page";
import { say } from "../../../components/toast";
import { Failed, Loaded } from "../../../components/Waiting";
import { Columns } from "./Columns";
import { Lines } from "./Lines";
import { isSame, joined, type MapLine, obstacle, readLines, written } from "./rows";
import { Suggested } from "./Suggested";
import { useTrials } from "./trying";

export function MappingPage() {
  const { name = "" } = useParams({ strict: false });
  const of = useQuery(sync(name));
  const known = useQuery(fields(name));
  return (
    <Page
      title={`Fields of ${name}`}
      back={{ to: `/syncs/${name}`, label: name }}
      about="Which field goes with which, which way values travel, and whose word counts when both sides changed. Nothing is kept until you save."
    >
      <Loaded query={of} what="the sync">
        {(found) => (
          <Loaded query={known} what="the fields of both apps, with some of their values">
            {(told) => <Editor key={found.id} sync={found} known={told} />}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

const step = (history: History<MapLine[]>, change: Change<MapLine[]>) => changed(history, change);

function Editor({ sync: of, known }: { sync: SyncDetail; known: Schemas["FieldsView"] }) {
  const stored = readLines(of.mapping);
  const [history, dispatch] = useReducer(step, stored, begun<MapLine[]>);
  const lines = history.now;
  const setLines = (to: MapLine[], tag?: string) => dispatch({ do: "set", to, tag });
  const trials = useTrials(of.name, lines, known);
  const wrong = [...trials.values()].filter((each) => each.problem !== null).length;
  const [told, setTold] = useState("");
  const cache = useQueryClient();
  const navigate = useNavigate();
  const saved = useMutation({
    mutationFn: () => change(of.name, { mapping: written(lines) }),
    onSuccess: async () => {
      const before = written(stored);
      say("The fields are saved. The next run goes by them.", () => {
        void change(of.name, { mapping: before }).then(() => cache.invalidateQueries());
      });
      await cache.invalidateQueries();
      await navigate({ to: "/syncs/$name", params: { name: of.name } });
    },
  });
  const map = (...pairs: [a: string, b: string][]) => {
    let to = lines;
    let told = "";
    for (const [a, b] of pairs) {
      const one = known.a.fields.find((each) => each.name === a);
      const other = known.b.fields.find((each) => each.name === b);
      if (!one || !other || to.some((line) => line.a === a || line.b === b)) continue;
      const why = obstacle(one, other);
      if (why === null) to = joined(to, one, other);
      else told = why;
    }
    setTold(told);
    if (to !== lines) setLines(to);
  };
  const problems = [known.a.problem, known.b.problem].filter((each) => each !== null);
  return (
    <Stack gap="xl">
      {problems.map((each) => (
        <Alert key={each} title="Some values are not shown" variant="default">
          {each}
        </Alert>
      ))}
      <Lines lines={lines} known={known} trials={trials} change={setLines} />
      <Suggested sync={of.name} lines={lines} map={map} />
      <Columns lines={lines} known={known} map={(a, b) => map([a, b])} told={told} />
      {saved.isError && <Failed error={saved.error} />}
      <Group>
        <Button
          onClick={() => saved.mutate()}
          loading={saved.isPending}
          disabled={isSame(lines, stored) || lines.length === 0 || wrong > 0}
        >
          Save the fields
        </Button>
        <Button
          variant="default"
          onClick={() => dispatch({ do: "undo" })}
          disabled={history.past.length === 0}
        >
          Undo
        </Button>
        <Button
          variant="default"
          onClick={() => dispatch({ do: "redo" })}
          disabled={history.future.length === 0}
        >
          Redo
        </Button>
        <Button variant="default" onClick={() => setLines(stored)} disabled={isSame(lines, stored)}>
          Discard the changes
        </Button>
        {lines.length === 0 && <Text size="sm">A sync needs at least one field.</Text>}
        {wrong > 0 && <Text size="sm">Put right what is marked at its line first.</Text>}
      </Group>
    </Stack>
  );
}

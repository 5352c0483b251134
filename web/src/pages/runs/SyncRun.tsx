import { Button, List, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";

import { type Run, runsOf, sync, undoOf } from "../../api/syncs";
import { Page, Section } from "../../components/Page";
import { State } from "../../components/State";
import { sayFailed } from "../../components/toast";
import { Empty, Loaded } from "../../components/Waiting";
import { When, ZoneNote } from "../../components/When";
import { between, formatNumber } from "../../words/format";
import { phasesOf, ranWhat, runStand, whatCame, wroteSomething } from "../../words/runs";
import { Changes } from "../syncs/Changes";

const MOST = 1000;

export function SyncRunPage() {
  const { name = "", run = "" } = useParams({ strict: false });
  const query = useQuery(runsOf(name, MOST));
  const found = query.data?.runs.find((each) => each.id === run);
  return (
    <Page
      title={found ? `${ranWhat(found.kind)} of ${name}` : `A run of ${name}`}
      back={{ to: `/syncs/${name}`, label: name }}
      actions={found && wroteSomething(found) && <UndoButton name={name} run={found} />}
    >
      <Loaded query={query} what="the run">
        {() =>
          found ? (
            <Whole name={name} run={found} />
          ) : (
            <Empty title="This run is not kept any more">
              Only the last {formatNumber(MOST)} runs of a sync can be shown here.
            </Empty>
          )
        }
      </Loaded>
    </Page>
  );
}

function Whole({ name, run }: { name: string; run: Run }) {
  const { tone, word } = runStand(run.state);
  const of = useQuery(sync(name));
  const ends = { a: of.data?.a ?? "one app", b: of.data?.b ?? "the other app" };
  const phases = phasesOf(run.counts, ends);
  return (
    <Stack gap="xl">
      <Stack gap={4}>
        <State tone={tone}>{word}</State>
        <Text>{whatCame(run)}</Text>
      </Stack>
      <Section title="How it went">
        <ol className="timeline">
          <li>
            <span className="dot" data-tone="busy" aria-hidden="true" />
            Started <When at={run.started_at} />
            {run.person && run.person !== "api" && `, asked for by ${run.person}`}
          </li>
          {phases.map((phase) => (
            <li key={phase.title}>
              <span className="dot" data-tone="busy" aria-hidden="true" />
              <Text>{phase.title}</Text>
              <List size="sm" listStyleType="none">
                {phase.lines.map((line) => (
                  <List.Item key={line}>{line}</List.Item>
                ))}
              </List>
            </li>
          ))}
          <li>
            <span className="dot" data-tone={tone} aria-hidden="true" />
            {run.finished_at
              ? `${word} after ${between(run.started_at, run.finished_at)}`
              : "It still runs"}
          </li>
        </ol>
      </Section>
      <Changes sync={name} of={{ run: run.id }} title="What it changed" />
      <ZoneNote />
    </Stack>
  );
}

/** Works out what would take a run back, and leads there. Nothing is written yet. */
function UndoButton({ name, run }: { name: string; run: Run }) {
  const navigate = useNavigate();
  const planned = useMutation({
    mutationFn: () => undoOf(run.id),
    onSuccess: ({ plan }) => navigate({ to: "/syncs/$name/plans/$plan", params: { name, plan } }),
    onError: sayFailed,
  });
  return (
    <Button variant="default" loading={planned.isPending} onClick={() => planned.mutate()}>
      Undo this run
    </Button>
  );
}

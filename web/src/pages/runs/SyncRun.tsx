import { Button, List, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";

import { syncRun, type SyncRunDetail } from "../../api/runs";
import { sync, undoOf } from "../../api/syncs";
import { PageLink } from "../../components/links";
import { Only } from "../../components/Only";
import { Page, Section } from "../../components/Page";
import { State } from "../../components/State";
import { sayFailed } from "../../components/toast";
import { Loaded } from "../../components/Waiting";
import { When, ZoneNote } from "../../components/When";
import { between } from "../../words/format";
import {
  brakesTold,
  phasesOf,
  ranWhat,
  runStand,
  whatCame,
  wroteSomething,
} from "../../words/runs";
import { Changes } from "../syncs/Changes";
import { UndoLook } from "./UndoLook";

export function SyncRunPage() {
  const { name = "", run = "" } = useParams({ strict: false });
  const query = useQuery(syncRun(run));
  const found = query.data;
  return (
    <Page
      title={found ? `${ranWhat(found.kind)} of ${found.sync}` : `A run of ${name}`}
      back={{ to: `/syncs/${name}`, label: name }}
      actions={
        found &&
        wroteSomething(found) && (
          <Only>
            <UndoButton run={found} />
          </Only>
        )
      }
    >
      <Loaded query={query} what="the run">
        {(told) => <Whole run={told} />}
      </Loaded>
    </Page>
  );
}

function Whole({ run }: { run: SyncRunDetail }) {
  const { tone, word } = runStand(run.state);
  const of = useQuery(sync(run.sync));
  const ends = { a: of.data?.a ?? "one app", b: of.data?.b ?? "the other app" };
  const phases = phasesOf(run.counts, ends);
  return (
    <Stack gap="xl">
      <Stack gap={4}>
        <State tone={tone}>{word}</State>
        <Text>{whatCame(run)}</Text>
        <Related run={run} />
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
        {run.state === "halted" && (
          <Text size="sm" c="dimmed">
            {brakesTold(run.brakes)}
          </Text>
        )}
      </Section>
      <Changes sync={run.sync} of={{ run: run.id }} title="What it changed" />
      {wroteSomething(run) && <UndoLook run={run.id} ends={ends} />}
      <ZoneNote />
    </Stack>
  );
}

/** The plan it carried out, the run it takes back, and the runs that took it back. */
function Related({ run }: { run: SyncRunDetail }) {
  const to = (id: string) => `/runs/sync/${run.sync}/${id}`;
  return (
    <>
      {run.plan && (
        <PageLink to={`/syncs/${run.sync}/plans/${run.plan}`}>
          What was approved, record by record, and what became of it
        </PageLink>
      )}
      {run.undoes && <PageLink to={to(run.undoes)}>The run that this one takes back</PageLink>}
      {run.undone_by.map((each) => (
        <PageLink key={each} to={to(each)}>
          It was taken back by a later run
        </PageLink>
      ))}
    </>
  );
}

/** Works out what would take a run back, and leads there. Nothing is written yet. */
function UndoButton({ run }: { run: SyncRunDetail }) {
  const navigate = useNavigate();
  const planned = useMutation({
    mutationFn: () => undoOf(run.id),
    onSuccess: ({ plan }) =>
      navigate({ to: "/syncs/$name/plans/$plan", params: { name: run.sync, plan } }),
    onError: sayFailed,
  });
  return (
    <Button variant="default" loading={planned.isPending} onClick={() => planned.mutate()}>
      Undo this run
    </Button>
  );
}

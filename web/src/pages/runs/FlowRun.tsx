import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { flowRun, type FlowRunDetail } from "../../api/flows";
import { cancelRun, releaseRun } from "../../api/runs";
import { useConfirm } from "../../components/confirm";
import { PageLink } from "../../components/links";
import { Only } from "../../components/Only";
import { Page, Section } from "../../components/Page";
import { State } from "../../components/State";
import { sayFailed } from "../../components/toast";
import { Loaded } from "../../components/Waiting";
import { When, ZoneNote } from "../../components/When";
import { between } from "../../words/format";
import { ORIGINS, runStand } from "../../words/runs";
import { InDoubt } from "./InDoubt";
import { Replay } from "./Replay";
import { OneStep, Sample } from "./Step";

const OVER = ["dead", "done", "stopped", "cancelled"];
const FAILED = ["dead", "stopped"];
const OPEN = ["ready", "waiting", "held"];

export function FlowRunPage() {
  const { run = "" } = useParams({ strict: false });
  const query = useQuery(flowRun(run));
  return (
    <Page
      title={query.data ? `A run of ${query.data.flow}` : "A run"}
      back={{ to: "/runs", label: "Runs" }}
    >
      <Loaded query={query} what="the run">
        {(found) => <Whole run={found} />}
      </Loaded>
    </Page>
  );
}

function Whole({ run }: { run: FlowRunDetail }) {
  const { tone, word } = runStand(run.state);
  return (
    <Stack gap="xl">
      <Stack gap={4}>
        <State tone={tone}>{word}</State>
        {run.said && <Text>{run.said}</Text>}
        <Text size="sm" c="dimmed">
          Started <When at={run.started_at ?? run.created_at} />
          {` by ${ORIGINS[run.origin] ?? run.origin}`}
          {run.started_at && run.ended_at && `, took ${between(run.started_at, run.ended_at)}`}
          {run.person && run.person !== "api" && `, asked for by ${run.person}`}
          {`, on version ${run.version}`}
        </Text>
        <Group gap="md">
          <PageLink to={`/flows/${run.flow}`}>The flow {run.flow}</PageLink>
          {run.copy_of && (
            <PageLink to={`/runs/flow/${run.copy_of}`}>The run it does again</PageLink>
          )}
          {run.record && (
            <PageLink to="/runs" search={{ kind: "flows", record: run.record }}>
              All runs of this record
            </PageLink>
          )}
        </Group>
      </Stack>
      <Only>
        <Deeds run={run} />
      </Only>
      <Section title="Step by step">
        <ol className="timeline">
          <li>
            <span className="dot" data-tone="busy" aria-hidden="true" />
            <Text fw={500}>What started it</Text>
            <Sample label="the item" value={run.item} />
          </li>
          {run.steps.map((step) => (
            <OneStep key={step.number} step={step} />
          ))}
        </ol>
        {run.cut && (
          <Text size="sm" c="dimmed">
            {run.cut}
          </Text>
        )}
      </Section>
      <ZoneNote />
    </Stack>
  );
}

/** What a person may do about a run as it stands. */
function Deeds({ run }: { run: FlowRunDetail }) {
  const cache = useQueryClient();
  const [ask, dialog] = useConfirm();
  const cancelled = useMutation({
    mutationFn: () => cancelRun(run.id),
    onSuccess: () => cache.invalidateQueries(),
    onError: sayFailed,
  });
  const released = useMutation({
    mutationFn: () => releaseRun(run.id),
    onSuccess: () => cache.invalidateQueries(),
    onError: sayFailed,
  });
  return (
    <Group>
      {dialog}
      <Replay
        wanted={{ ids: [run.id] }}
        hidden={!OVER.includes(run.state)}
        first={FAILED.includes(run.state) ? "failed" : "start"}
      />
      {run.state === "unknown" && <InDoubt run={run} />}
      {run.state === "held" && (
        <Button variant="default" loading={released.isPending} onClick={() => released.mutate()}>
          Let it go on
        </Button>
      )}
      {OPEN.includes(run.state) && (
        <Button
          variant="default"
          loading={cancelled.isPending}
          onClick={() =>
            ask({
              title: "Cancel this run?",
              happens:
                "A step that has begun is finished; no further one begins. It can be done again from the start.",
              yes: "Cancel it",
              act: () => cancelled.mutate(),
            })
          }
        >
          Cancel
        </Button>
      )}
    </Group>
  );
}

import { Button, Collapse, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import type { Schemas } from "../../api/client";
import { flowRun, type FlowRunDetail } from "../../api/flows";
import { Page, Section } from "../../components/Page";
import { State } from "../../components/State";
import { Loaded } from "../../components/Waiting";
import { When, ZoneNote } from "../../components/When";
import { between, count } from "../../words/format";
import { fieldName } from "../../words/names";
import { runStand } from "../../words/runs";
import { Replay } from "./FlowRuns";

type Step = Schemas["StepView"];

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
          {run.started_at && run.ended_at && `, took ${between(run.started_at, run.ended_at)}`}
          {run.person && run.person !== "api" && `, asked for by ${run.person}`}
        </Text>
      </Stack>
      {["dead", "done", "stopped", "cancelled"].includes(run.state) && <Replay ids={[run.id]} />}
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

function OneStep({ step }: { step: Step }) {
  const { tone, word } = runStand(step.state);
  return (
    <li>
      <span className="dot" data-tone={tone} aria-hidden="true" />
      <Group justify="space-between" align="baseline">
        <Text fw={500}>{step.title ?? fieldName(step.kind)}</Text>
        <Text size="sm" c="dimmed">
          {word}
          {step.begun_at && step.ended_at && `, ${between(step.begun_at, step.ended_at)}`}
        </Text>
      </Group>
      {step.error && <Text size="sm">{step.error}</Text>}
      {step.attempts.length > 1 && (
        <Text size="sm" component="div">
          {count(step.attempts.length, "attempt")}:
          <ul>
            {step.attempts.map((each) => (
              <li key={each.number}>
                <When at={each.began_at} />: {each.error ?? "worked"}
              </li>
            ))}
          </ul>
        </Text>
      )}
      <Group gap="xs" align="flex-start">
        <Sample label="what it took" value={step.input} />
        <Sample label="what it gave" value={step.output} />
      </Group>
    </li>
  );
}

/** A value a step took or gave, folded away until somebody wants to see it. */
function Sample({ label, value }: { label: string; value: unknown }) {
  const [opened, { toggle }] = useDisclosure();
  if (value === null || value === undefined) return null;
  return (
    <div>
      <Button size="compact-xs" variant="default" onClick={toggle} aria-expanded={opened}>
        {opened ? "Hide" : "Show"} {label}
      </Button>
      <Collapse expanded={opened}>
        <pre className="sample" tabIndex={0}>
          {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
        </pre>
      </Collapse>
    </div>
  );
}

import { Alert, Button, List, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { startFlow } from "../../api/building";
import { flow, flowVerb } from "../../api/flows";
import type { Schemas } from "../../api/client";
import { useConfirm } from "../../components/confirm";
import { PageLink } from "../../components/links";
import { Page, Section } from "../../components/Page";
import { State } from "../../components/State";
import { say, sayFailed } from "../../components/toast";
import { Loaded } from "../../components/Waiting";
import { When, ZoneNote } from "../../components/When";
import { formatNumber } from "../../words/format";
import { runStand } from "../../words/runs";
import { flowStand } from "../../words/standing";
import { Only } from "../../components/Only";
import { readRunSearch } from "../runs/search";
import { Outline } from "./Outline";

type FlowDetail = Schemas["FlowDetail"];

export function FlowPage() {
  const { name = "" } = useParams({ strict: false });
  const query = useQuery(flow(name));
  return (
    <Page
      title={query.data?.title ?? name}
      tab={`${query.data?.title ?? name}, flow`}
      back={{ to: "/flows", label: "Flows" }}
      actions={
        query.data && (
          <Only>
            <Actions flow={query.data} />
          </Only>
        )
      }
    >
      <Loaded query={query} what="the flow">
        {(found) => <Whole flow={found} />}
      </Loaded>
    </Page>
  );
}

function Whole({ flow: found }: { flow: FlowDetail }) {
  const { tone, word } = flowStand(found.state, (found.runs.dead ?? 0) > 0);
  return (
    <Stack gap="xl">
      <Stack gap={4}>
        <State tone={tone}>{word}</State>
        {found.why && <Text>{found.why}</Text>}
        {found.trigger?.wrong && (
          <Alert title="Its start does not work" variant="default" role="alert">
            {found.trigger.wrong}
          </Alert>
        )}
        <Text size="sm" c="dimmed">
          Last started a run: <When at={found.trigger?.item_at} />. Changed{" "}
          <When at={found.changed_at} />.
        </Text>
      </Stack>
      <Section title="What it does">
        <Outline name={found.name} starts={found.starts} />
      </Section>
      <Section title="Its runs">
        {Object.keys(found.runs).length === 0 ? (
          <Text c="dimmed">It has not run yet.</Text>
        ) : (
          <List spacing={4} listStyleType="none">
            {Object.entries(found.runs).map(([state, number]) => (
              <List.Item key={state}>
                <PageLink
                  to="/runs"
                  search={readRunSearch({ kind: "flows", flow: found.name, states: state })}
                >
                  {formatNumber(number)} {runStand(state).word.toLowerCase()}
                </PageLink>
              </List.Item>
            ))}
          </List>
        )}
      </Section>
      <ZoneNote />
    </Stack>
  );
}

function Actions({ flow: found }: { flow: FlowDetail }) {
  const cache = useQueryClient();
  const [ask, dialog] = useConfirm();
  const act = useMutation({
    mutationFn: (verb: "pause" | "resume" | "publish") => flowVerb(found.name, verb),
    onSuccess: async (_flow, verb) => {
      if (verb === "pause") say("The flow is paused.", () => act.mutate("resume"));
      else say(verb === "publish" ? "The flow is on, as it is now." : "The flow goes on.");
      await cache.invalidateQueries();
    },
    onError: sayFailed,
  });
  const started = useMutation({
    mutationFn: () => startFlow(found.name, {}),
    onSuccess: async () => {
      say("A run is started. It stands among the runs.");
      await cache.invalidateQueries();
    },
    onError: sayFailed,
  });
  return (
    <>
      {dialog}
      <Button component={Link} to={`/flows/${found.name}/build`} variant="default">
        Open the builder
      </Button>
      <Button component={Link} to={`/flows/${found.name}/versions`} variant="default">
        Versions
      </Button>
      {found.state === "active" && found.trigger?.kind === "manual" && (
        <Button variant="default" loading={started.isPending} onClick={() => started.mutate()}>
          Start a run
        </Button>
      )}
      {found.has_draft && (
        <Button
          loading={act.isPending}
          onClick={() =>
            ask({
              title: "Turn it on as it is now?",
              happens:
                "From now on it starts by itself and does its steps in your apps. You can pause it at any time; what its steps have done in the apps stays.",
              yes: "Turn it on",
              act: () => act.mutate("publish"),
            })
          }
        >
          Turn it on
        </Button>
      )}
      {found.state === "active" && (
        <Button variant="default" onClick={() => act.mutate("pause")}>
          Pause
        </Button>
      )}
      {found.state === "paused" && (
        <Button variant="default" onClick={() => act.mutate("resume")}>
          Let it go on
        </Button>
      )}
    </>
  );
}

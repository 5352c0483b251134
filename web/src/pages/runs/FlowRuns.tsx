import { Anchor, Button, Checkbox, Group, Progress, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { flowRuns, replay, replayPreview, replayProgress } from "../../api/flows";
import { useConfirm } from "../../components/confirm";
import { State } from "../../components/State";
import { sayFailed } from "../../components/toast";
import { Empty, Failed, Loading } from "../../components/Waiting";
import { When } from "../../components/When";
import { count } from "../../words/format";
import { runStand } from "../../words/runs";
import { Only } from "../../components/Only";
import type { RunSearch } from "./search";

const OVER = new Set(["done", "stopped", "dead", "cancelled"]);

/** Runs of flows; those that are chosen can be done again, with the progress shown. */
export function FlowRuns({ search }: { search: RunSearch }) {
  const query = useInfiniteQuery(
    flowRuns({
      flow: search.flow,
      states: search.states && [search.states],
      text: search.text,
    }),
  );
  const [chosen, setChosen] = useState<string[]>([]);
  const runs = query.data?.pages.flatMap((page) => page.runs) ?? [];
  if (query.isPending) return <Loading what="the runs" />;
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />;
  if (runs.length === 0 && !query.hasNextPage) {
    return <Empty title="No run is like that">A flow that has not started yet has no runs.</Empty>;
  }
  const choose = (id: string, on: boolean) =>
    setChosen(on ? [...chosen, id] : chosen.filter((each) => each !== id));
  return (
    <Stack>
      <Only>
        <Replay ids={chosen} done={() => setChosen([])} />
      </Only>
      <div className="panel tight">
        <Table miw={640} aria-label="Runs of flows">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Choose</Table.Th>
              <Table.Th>Flow</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Started</Table.Th>
              <Table.Th>Why</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {runs.map((run) => (
              <Table.Tr key={run.id}>
                <Table.Td>
                  <Checkbox
                    aria-label={`Choose the run of ${run.flow}`}
                    disabled={!OVER.has(run.state)}
                    checked={chosen.includes(run.id)}
                    onChange={(event) => choose(run.id, event.currentTarget.checked)}
                  />
                </Table.Td>
                <Table.Td>
                  <Anchor component={Link} to={`/runs/flow/${run.id}`}>
                    {run.flow}
                  </Anchor>
                </Table.Td>
                <Table.Td>
                  <State tone={runStand(run.state).tone}>{runStand(run.state).word}</State>
                </Table.Td>
                <Table.Td>
                  <When at={run.started_at ?? run.created_at} />
                </Table.Td>
                <Table.Td>{run.said}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {query.hasNextPage && (
        <Button
          variant="default"
          w="fit-content"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Show earlier ones
        </Button>
      )}
    </Stack>
  );
}

/** Do runs again from where they failed: says first how many that is. */
export function Replay({ ids, done }: { ids: string[]; done?: () => void }) {
  const [ask, dialog] = useConfirm();
  const started = useMutation({
    mutationFn: () => replay({ ids, start: "failed", version: "original" }),
    onSuccess: () => done?.(),
    onError: sayFailed,
  });
  const looked = useMutation({
    mutationFn: () => replayPreview({ ids, start: "failed", version: "original" }),
    onSuccess: (told) => {
      const left = told.refused.map((each) => `${each.runs}: ${each.why}`).join(" ");
      ask({
        title: `Do ${count(told.runs, "run")} again?`,
        happens: `Each goes on from the step that failed; what its earlier steps did is not done twice. ${left && `Left out: ${left}`}`,
        yes: "Do them again",
        act: () => started.mutate(),
      });
    },
    onError: sayFailed,
  });
  return (
    <Group>
      {dialog}
      <Button
        variant="default"
        disabled={ids.length === 0}
        loading={looked.isPending || started.isPending}
        onClick={() => looked.mutate()}
      >
        Do again
      </Button>
      {ids.length > 0 && <Text size="sm">{count(ids.length, "run")} chosen</Text>}
      {started.data && <Going id={started.data.id} />}
    </Group>
  );
}

function Going({ id }: { id: string }) {
  const query = useQuery(replayProgress(id));
  if (!query.data) return null;
  const { runs, taken, state } = query.data;
  const over = [...OVER].reduce((sum, each) => sum + (runs[each] ?? 0), 0);
  return (
    <Group gap="xs" role="status">
      <Progress
        w={120}
        value={taken ? (100 * over) / taken : 0}
        aria-label="How many are done again"
      />
      <Text size="sm">
        {over} of {taken} {state === "done" ? "done again" : "so far"}
      </Text>
    </Group>
  );
}

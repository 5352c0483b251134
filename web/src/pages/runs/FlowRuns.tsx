import { Anchor, Button, Checkbox, Group, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { type FlowRun, flowRuns } from "../../api/flows";
import type { ReplayWanted } from "../../api/runs";
import { More } from "../../components/More";
import { Only } from "../../components/Only";
import { State } from "../../components/State";
import { Empty, Failed, Loading } from "../../components/Waiting";
import { When } from "../../components/When";
import { count } from "../../words/format";
import { runStand } from "../../words/runs";
import { Replay } from "./Replay";
import { type RunSearch, spanOf } from "./search";

const OVER = new Set(["done", "stopped", "dead", "cancelled"]);

/** Runs of flows; those that are chosen, or all that are looked for, can be done again. */
export function FlowRuns({ search }: { search: RunSearch }) {
  const filter = {
    flow: search.flow,
    states: search.states && [search.states],
    text: search.text,
    record: search.record,
    replay: search.replay,
    ...spanOf(search),
  };
  const query = useInfiniteQuery(flowRuns(filter));
  const [chosen, setChosen] = useState<string[]>([]);
  const runs = query.data?.pages.flatMap((page) => page.runs) ?? [];
  const choose = (id: string, on: boolean) =>
    setChosen(on ? [...chosen, id] : chosen.filter((each) => each !== id));
  const can = runs.filter((run) => OVER.has(run.state)).map((run) => run.id);
  const hasAll = can.length > 0 && can.every((each) => chosen.includes(each));
  return (
    <Stack>
      <Only>
        <Group>
          <Replay
            wanted={{ ids: chosen }}
            disabled={chosen.length === 0}
            done={() => setChosen([])}
          />
          <Replay
            label="Do all of these again"
            wanted={meant(filter)}
            disabled={can.length === 0 && !query.hasNextPage}
          />
          <Button
            variant="subtle"
            disabled={can.length === 0}
            onClick={() => setChosen(hasAll ? [] : can)}
          >
            {hasAll ? "Choose none" : "Choose all shown"}
          </Button>
          {chosen.length > 0 && <Text size="sm">{count(chosen.length, "run")} chosen</Text>}
        </Group>
      </Only>
      {query.isPending && <Loading what="the runs" />}
      {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.isSuccess && runs.length === 0 && !query.hasNextPage && (
        <Empty title="No run is like that">A flow that has not started yet has no runs.</Empty>
      )}
      {runs.length > 0 && <RunTable runs={runs} chosen={chosen} choose={choose} />}
      <More query={query} />
    </Stack>
  );
}

interface TableProps {
  runs: FlowRun[];
  chosen: string[];
  choose: (id: string, on: boolean) => void;
}

function RunTable({ runs, chosen, choose }: TableProps) {
  return (
    <div className="panel tight">
      <Table miw={760} aria-label="Runs of flows">
        <Table.Thead>
          <Table.Tr>
            <Only>
              <Table.Th>Choose</Table.Th>
            </Only>
            <Table.Th>Flow</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Started</Table.Th>
            <Table.Th>Step</Table.Th>
            <Table.Th>Why</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => (
            <Row key={run.id} run={run} chosen={chosen.includes(run.id)} choose={choose} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

interface RowProps {
  run: FlowRun;
  chosen: boolean;
  choose: (id: string, on: boolean) => void;
}

function Row({ run, chosen, choose }: RowProps) {
  const { tone, word } = runStand(run.state);
  return (
    <Table.Tr>
      <Only>
        <Table.Td>
          <Checkbox
            aria-label={`Choose the run of ${run.flow}`}
            disabled={!OVER.has(run.state)}
            checked={chosen}
            onChange={(event) => choose(run.id, event.currentTarget.checked)}
          />
        </Table.Td>
      </Only>
      <Table.Td>
        <Anchor component={Link} to={`/runs/flow/${run.id}`}>
          {run.flow}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <State tone={tone}>{word}</State>
      </Table.Td>
      <Table.Td>
        <When at={run.started_at ?? run.created_at} />
      </Table.Td>
      <Table.Td>{run.step}</Table.Td>
      <Table.Td>{run.said}</Table.Td>
    </Table.Tr>
  );
}

/** The runs that a filter finds, as a replay names them: without a state, those that failed. */
function meant(filter: Omit<ReplayWanted, "ids" | "start" | "version">): Partial<ReplayWanted> {
  return { ...filter, states: filter.states ?? ["dead", "stopped"] };
}

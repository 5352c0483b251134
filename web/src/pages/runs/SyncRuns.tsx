import { Anchor, Stack, Table } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { type SyncRun, syncRuns } from "../../api/runs";
import { More } from "../../components/More";
import { State } from "../../components/State";
import { Empty, Failed, Loading } from "../../components/Waiting";
import { When } from "../../components/When";
import { between } from "../../words/format";
import { ranWhat, runStand, whatCame } from "../../words/runs";
import { type RunSearch, spanOf } from "./search";

/** The runs of all syncs, newest first, as far as they are looked for. */
export function SyncRuns({ search }: { search: RunSearch }) {
  const query = useInfiniteQuery(
    syncRuns({
      sync: search.sync,
      states: search.state && [search.state],
      ...spanOf(search),
    }),
  );
  const runs = query.data?.pages.flatMap((page) => page.runs) ?? [];
  if (query.isPending) return <Loading what="the runs" />;
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />;
  if (runs.length === 0) {
    return <Empty title="No run is like that">A sync that has not begun yet has no runs.</Empty>;
  }
  return (
    <Stack>
      <div className="panel tight">
        <Table miw={760} aria-label="Runs of syncs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Sync</Table.Th>
              <Table.Th>Run</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Started</Table.Th>
              <Table.Th>Took</Table.Th>
              <Table.Th>What came of it</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {runs.map((run) => (
              <Row key={run.id} run={run} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <More query={query} />
    </Stack>
  );
}

function Row({ run }: { run: SyncRun }) {
  const { tone, word } = runStand(run.state);
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/syncs/${run.sync}`}>
          {run.sync}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <Anchor component={Link} to={`/runs/sync/${run.sync}/${run.id}`}>
          {ranWhat(run.kind)}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <State tone={tone}>{word}</State>
      </Table.Td>
      <Table.Td>
        <When at={run.started_at} />
      </Table.Td>
      <Table.Td>
        {run.finished_at ? between(run.started_at, run.finished_at) : "still runs"}
      </Table.Td>
      <Table.Td>{whatCame(run)}</Table.Td>
    </Table.Tr>
  );
}

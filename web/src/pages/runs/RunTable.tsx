import { Anchor, Table } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Schemas } from "../../api/client";
import { State } from "../../components/State";
import { When } from "../../components/When";
import { between } from "../../words/format";
import { ranWhat, runStand, whatCame } from "../../words/runs";

type Run = Schemas["RunView"] & { sync: string };

/** Runs of syncs, one in each row; of several syncs, `which` says of which each is. */
export function RunTable({ runs, label, which }: { runs: Run[]; label: string; which?: boolean }) {
  return (
    <div className="panel tight">
      <Table miw={which ? 760 : 600} aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {which && <Table.Th>Sync</Table.Th>}
            <Table.Th>Run</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Started</Table.Th>
            <Table.Th>Took</Table.Th>
            <Table.Th>What came of it</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => (
            <Row key={run.id} run={run} which={which} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Row({ run, which }: { run: Run; which?: boolean }) {
  const { tone, word } = runStand(run.state);
  return (
    <Table.Tr>
      {which && (
        <Table.Td>
          <Anchor component={Link} to={`/syncs/${run.sync}`}>
            {run.sync}
          </Anchor>
        </Table.Td>
      )}
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

import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Overview } from "../../api/overview";
import { Section } from "../../components/Page";
import { Sparkline } from "../../components/Sparkline";
import { State } from "../../components/State";
import { When } from "../../components/When";
import { formatDuration, formatNumber } from "../../words/format";
import { recordsOf } from "../../words/names";
import { flowRowStand, syncStand } from "../../words/overview";
import type { Stand } from "../../words/standing";

interface Line {
  id: string;
  to: string;
  name: string;
  note: string;
  stand: Stand;
  okAt: string | null;
  waiting: number;
  failed: number;
  done: number[];
  failedByHour: number[];
  latency: number | null;
}

export function SyncTable({ told }: { told: Overview }) {
  const lines = told.syncs.map((each) => ({
    id: each.id,
    to: `/syncs/${each.name}`,
    name: each.name,
    note: `${recordsOf(each.kind)}, ${each.a} and ${each.b}`,
    stand: syncStand(each, told),
    okAt: each.ok_at,
    waiting: each.waiting,
    failed: each.failed,
    done: each.per_hour,
    failedByHour: each.failed_per_hour,
    latency: each.latency_ms,
  }));
  return <Standings title="Syncs" column="Sync" lines={lines} from={told.hours_from} />;
}

export function FlowTable({ told }: { told: Overview }) {
  const lines = told.flows.map((each) => ({
    id: each.id,
    to: `/flows/${each.name}`,
    name: each.title ?? each.name,
    note: each.title ? each.name : "",
    stand: flowRowStand(each, told),
    okAt: each.ok_at,
    waiting: each.waiting,
    failed: each.failed,
    done: each.per_hour,
    failedByHour: each.failed_per_hour,
    latency: each.latency_ms,
  }));
  return <Standings title="Flows" column="Flow" lines={lines} from={told.hours_from} />;
}

function Standings({
  title,
  column,
  lines,
  from,
}: {
  title: string;
  column: string;
  lines: Line[];
  from: string;
}) {
  return (
    <Section title={title}>
      <div className="panel tight">
        <Table miw={820} aria-label={title}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{column}</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Last success</Table.Th>
              <Table.Th ta="right">Waiting</Table.Th>
              <Table.Th ta="right">Failed</Table.Th>
              <Table.Th ta="right">Usual delay</Table.Th>
              <Table.Th ta="right">Done in 24 hours</Table.Th>
              <Table.Th>Hour by hour</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody className="numbers">
            {lines.map((each) => (
              <Row key={each.id} line={each} from={from} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Section>
  );
}

function Row({ line, from }: { line: Line; from: string }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={line.to}>
          {line.name}
        </Anchor>
        <Text size="sm" c="dimmed">
          {line.note}
        </Text>
      </Table.Td>
      <Table.Td>
        <State tone={line.stand.tone}>{line.stand.word}</State>
      </Table.Td>
      <Table.Td>
        <When at={line.okAt} />
      </Table.Td>
      <Table.Td ta="right">{formatNumber(line.waiting)}</Table.Td>
      <Table.Td ta="right">{formatNumber(line.failed)}</Table.Td>
      <Table.Td ta="right">{line.latency === null ? "–" : formatDuration(line.latency)}</Table.Td>
      <Table.Td ta="right">{formatNumber(line.done.reduce((sum, each) => sum + each, 0))}</Table.Td>
      <Table.Td>
        <Sparkline done={line.done} failed={line.failedByHour} from={from} />
      </Table.Td>
    </Table.Tr>
  );
}

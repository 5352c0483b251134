import { Stack, Table } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";

import { pastAlerts } from "../../api/alerts";
import { More } from "../../components/More";
import { Empty, Failed, Loading } from "../../components/Waiting";
import { When } from "../../components/When";
import { TROUBLES } from "../../words/alerts";
import { between } from "../../words/format";

/** What was in trouble and is over. */
export function Past() {
  const query = useInfiniteQuery(pastAlerts);
  const found = query.data?.pages.flatMap((page) => page.alerts) ?? [];
  if (query.isPending) return <Loading what="what is over" />;
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />;
  if (found.length === 0) return <Empty title="Nothing was in trouble so far" />;
  return (
    <Stack>
      <div className="panel tight">
        <Table miw={720} aria-label="What is over">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>What</Table.Th>
              <Table.Th>Where</Table.Th>
              <Table.Th>Since</Table.Th>
              <Table.Th>Lasted</Table.Th>
              <Table.Th>What was the matter</Table.Th>
              <Table.Th>Seen by</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.map((each) => (
              <Table.Tr key={each.id}>
                <Table.Td>{TROUBLES[each.kind].name}</Table.Td>
                <Table.Td>{each.subject.name}</Table.Td>
                <Table.Td>
                  <When at={each.since} />
                </Table.Td>
                <Table.Td>{each.over_at && between(each.since, each.over_at)}</Table.Td>
                <Table.Td>{each.sentence}</Table.Td>
                <Table.Td>{each.acknowledged_by}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <More query={query} />
    </Stack>
  );
}

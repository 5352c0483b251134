import { Button, Drawer, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { entries, type Entry } from "../../api/activity";
import { More } from "../../components/More";
import { Section } from "../../components/Page";
import { Empty, Failed, Loading } from "../../components/Waiting";
import { When } from "../../components/When";
import { actorName, changedFields, entrySaid } from "../../words/audit";
import { Chain } from "./Chain";
import { EntryDetails } from "./EntryDetails";
import { Filters } from "./Filters";
import { type ActivitySearch, readActivitySearch, wantedOf } from "./search";

/** Everything that somebody changed: who, what, when, with before and after. */
export function ByPeople() {
  const search = readActivitySearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const look = (changes: Partial<ActivitySearch>) =>
    void navigate({ to: "/activity", search: { ...search, ...changes }, replace: true });
  const wanted = wantedOf(search);
  return (
    <Section title="Changed by people">
      <Stack>
        <Filters search={search} look={look} />
        <Chain wanted={wanted} />
        <Entries search={search} />
      </Stack>
    </Section>
  );
}

function Entries({ search }: { search: ActivitySearch }) {
  const query = useInfiniteQuery(entries(wantedOf(search)));
  const [opened, setOpened] = useState<Entry | null>(null);
  if (query.isPending) return <Loading what="what people changed" />;
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />;
  const found = query.data.pages.flatMap((page) => page.entries);
  if (found.length === 0) {
    return <Empty title="Nothing was changed like that">Look for less, or longer ago.</Empty>;
  }
  return (
    <>
      <Drawer
        opened={opened !== null}
        onClose={() => setOpened(null)}
        position="right"
        size="lg"
        title={opened && entrySaid(opened)}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {opened && <EntryDetails entry={opened} />}
      </Drawer>
      <div className="panel tight" aria-busy={query.isPlaceholderData}>
        <Table miw={680} verticalSpacing="xs" aria-label="Changed by people">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>When</Table.Th>
              <Table.Th>Who</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th>Fields</Table.Th>
              <Table.Th>Before and after</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.map((each) => (
              <Table.Tr key={each.number}>
                <Table.Td>
                  <When at={each.at} />
                </Table.Td>
                <Table.Td>{actorName(each.actor)}</Table.Td>
                <Table.Td>{entrySaid(each)}</Table.Td>
                <Table.Td>
                  <Text size="sm" lineClamp={2}>
                    {changedFields(each)}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={`Show entry ${each.number}: ${entrySaid(each)}`}
                    onClick={() => setOpened(each)}
                  >
                    Show
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <More query={query} />
    </>
  );
}

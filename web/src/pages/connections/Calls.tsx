import { Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { calls } from "../../api/connections";
import { Section } from "../../components/Page";
import { State } from "../../components/State";
import { Loaded } from "../../components/Waiting";
import { When, ZoneNote } from "../../components/When";
import { took } from "./took";

const REFUSED = 400;

/** What the app was asked last, and how it answered: no contents, no secrets. */
export function Calls({ name }: { name: string }) {
  const query = useQuery(calls(name));
  return (
    <Section title="Last calls">
      <Loaded query={query} what="the last calls">
        {(found) =>
          found.length === 0 ? (
            <Text c="dimmed">Nothing was asked of it since Instep was started.</Text>
          ) : (
            <>
              <div
                className="panel tight scroll-short"
                tabIndex={0}
                role="group"
                aria-label="Last calls"
              >
                <Table miw={480} aria-label="Calls">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>When</Table.Th>
                      <Table.Th>Asked</Table.Th>
                      <Table.Th>Answer</Table.Th>
                      <Table.Th ta="right">Took</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {found.map((each, index) => (
                      <Table.Tr key={`${each.at} ${index}`}>
                        <Table.Td>
                          <When at={each.at} />
                        </Table.Td>
                        <Table.Td>
                          <code>
                            {each.method} {each.path}
                          </code>
                        </Table.Td>
                        <Table.Td>
                          {each.status === null && <State tone="bad">no answer</State>}
                          {each.status !== null && each.status < REFUSED && each.status}
                          {each.status !== null && each.status >= REFUSED && (
                            <State tone="bad">{each.status}</State>
                          )}
                        </Table.Td>
                        <Table.Td ta="right">{took(each.milliseconds)}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </div>
              <ZoneNote />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

import { Button, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { endSession, sessions } from "../../api/account";
import { Section } from "../../components/Page";
import { say, sayFailed } from "../../components/toast";
import { Empty, Loaded } from "../../components/Waiting";
import { When } from "../../components/When";
import { browserName } from "../../words/browser";

/** Where one is signed in, and a way to end that. */
export function OwnSessions() {
  const cache = useQueryClient();
  const query = useQuery(sessions);
  const ended = useMutation({
    mutationFn: endSession,
    onSuccess: async () => {
      say("That browser is signed out.");
      await cache.invalidateQueries({ queryKey: sessions.queryKey });
    },
    onError: sayFailed,
  });
  return (
    <Section title="Where you are signed in">
      <Loaded query={query} what="where you are signed in">
        {(found) =>
          found.length === 0 ? (
            <Empty title="You are signed in nowhere">A program asks, not a browser.</Empty>
          ) : (
            <div className="panel tight">
              <Table miw={560} aria-label="Where you are signed in">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Browser</Table.Th>
                    <Table.Th>From</Table.Th>
                    <Table.Th>Since</Table.Th>
                    <Table.Th>Last used</Table.Th>
                    <Table.Th>What to do</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {found.map((each) => (
                    <Table.Tr key={each.id}>
                      <Table.Td>{browserName(each.browser)}</Table.Td>
                      <Table.Td>{each.address}</Table.Td>
                      <Table.Td>
                        <When at={each.began_at} />
                      </Table.Td>
                      <Table.Td>
                        <When at={each.used_at} />
                      </Table.Td>
                      <Table.Td>
                        {each.here ? (
                          <Text size="sm">this browser</Text>
                        ) : (
                          <Button
                            size="compact-sm"
                            variant="default"
                            aria-label={`Sign out ${browserName(each.browser)} at ${each.address}`}
                            loading={ended.isPending && ended.variables === each.id}
                            onClick={() => ended.mutate(each.id)}
                          >
                            Sign out
                          </Button>
                        )}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          )
        }
      </Loaded>
    </Section>
  );
}

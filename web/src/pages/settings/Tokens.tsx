import { Button, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { revokeToken, type Token, tokens } from "../../api/tokens";
import { useConfirm } from "../../components/confirm";
import { Section } from "../../components/Page";
import { say, sayFailed } from "../../components/toast";
import { Loaded } from "../../components/Waiting";
import { When } from "../../components/When";
import { scopeOf } from "../../words/people";
import { NewToken } from "./NewToken";

/** What programs come in with. */
export function Tokens() {
  const query = useQuery(tokens);
  const cache = useQueryClient();
  const [ask, dialog] = useConfirm();
  const revoked = useMutation({
    mutationFn: revokeToken,
    onSuccess: async (_nothing, name) => {
      say(`The token ${name} is refused from now on.`);
      await cache.invalidateQueries({ queryKey: tokens.queryKey });
    },
    onError: sayFailed,
  });
  const askFirst = ({ name }: Token) =>
    ask({
      title: `Revoke the token ${name}?`,
      happens: `Every program that sends it is refused at once. This cannot be taken back; a new token would have another secret.`,
      yes: "Revoke it",
      grave: true,
      act: () => revoked.mutate(name),
    });
  return (
    <Section title="API tokens">
      {dialog}
      <Text size="sm" c="dimmed" mb="sm" maw={640}>
        A program sends a token in place of a password. It never may do more than whoever made it,
        and stops when they are removed.
      </Text>
      <NewToken />
      <Loaded query={query} what="the tokens">
        {(found) =>
          found.length === 0 ? (
            <Text c="dimmed">There is no token yet.</Text>
          ) : (
            <TokenTable found={found} revoke={askFirst} />
          )
        }
      </Loaded>
    </Section>
  );
}

function TokenTable({ found, revoke }: { found: Token[]; revoke: (token: Token) => void }) {
  return (
    <div className="panel tight">
      <Table miw={720} aria-label="API tokens">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>May</Table.Th>
            <Table.Th>Made by</Table.Th>
            <Table.Th>Ends</Table.Th>
            <Table.Th>Last used</Table.Th>
            <Table.Th>What to do</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.map((each) => (
            <Table.Tr key={each.id}>
              <Table.Td>{each.name}</Table.Td>
              <Table.Td>{scopeOf(each)}</Table.Td>
              <Table.Td>{each.made_by}</Table.Td>
              <Table.Td>
                <When at={each.ends_at} never="not by itself" />
              </Table.Td>
              <Table.Td>
                <When at={each.used_at} />
                {each.used_from && ` from ${each.used_from}`}
              </Table.Td>
              <Table.Td>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`Revoke ${each.name}`}
                  onClick={() => revoke(each)}
                >
                  Revoke
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

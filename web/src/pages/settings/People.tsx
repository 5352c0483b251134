import { Stack, Table } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { session } from "../../api/session";
import { lockUser, removeUser, type Role, setRole, unlockUser, users } from "../../api/people";
import { useConfirm } from "../../components/confirm";
import { Section } from "../../components/Page";
import { say, sayFailed } from "../../components/toast";
import { Loaded } from "../../components/Waiting";
import { Invite } from "./Invite";
import { PersonRow } from "./PersonRow";

/** Who may come in, and as what. */
export function People() {
  const query = useQuery(users);
  const me = useQuery(session);
  const cache = useQueryClient();
  const [ask, dialog] = useConfirm();
  const told = async (sentence: string) => {
    say(sentence);
    await cache.invalidateQueries();
  };
  const changed = useMutation({
    mutationFn: ({ name, role }: { name: string; role: Role }) => setRole(name, role),
    onSuccess: ({ name }) => told(`${name} has another role from now on.`),
    onError: sayFailed,
  });
  const removed = useMutation({
    mutationFn: removeUser,
    onSuccess: (_nothing, name) => told(`${name} cannot come in any more.`),
    onError: sayFailed,
  });
  const unlocked = useMutation({
    mutationFn: unlockUser,
    onSuccess: ({ name }) => told(`${name} can come in again.`),
    onError: sayFailed,
  });
  const locked = useMutation({
    mutationFn: lockUser,
    onSuccess: async ({ name }) => {
      say(`${name} is kept out.`, () => unlocked.mutate(name));
      await cache.invalidateQueries();
    },
    onError: sayFailed,
  });
  const askToLock = (name: string) =>
    ask({
      title: `Keep ${name} out?`,
      happens: `${name} is signed out everywhere at once, and their API tokens are refused, until you let them in again. Nothing of theirs is lost.`,
      yes: "Keep them out",
      act: () => locked.mutate(name),
    });
  const askToRemove = (name: string) =>
    ask({
      title: `Remove ${name}?`,
      happens: `${name} is signed out everywhere and cannot come in any more; their API tokens stop. What they did stays in the audit log.`,
      yes: "Remove them",
      grave: true,
      act: () => removed.mutate(name),
    });
  return (
    <Section title="People">
      {dialog}
      <Stack>
        <Loaded query={query} what="who may come in">
          {(found) => (
            <div className="panel tight">
              <Table miw={720} aria-label="People">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>Role</Table.Th>
                    <Table.Th>Signed in</Table.Th>
                    <Table.Th>What to do</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {found.map((each) => (
                    <PersonRow
                      key={each.id}
                      person={each}
                      isMe={each.name === me.data?.name}
                      setRole={(role) => changed.mutate({ name: each.name, role })}
                      lock={() => askToLock(each.name)}
                      unlock={() => unlocked.mutate(each.name)}
                      remove={() => askToRemove(each.name)}
                    />
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          )}
        </Loaded>
        <Invite />
      </Stack>
    </Section>
  );
}

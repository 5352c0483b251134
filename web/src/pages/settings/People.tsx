import { Button, Code, Group, NativeSelect, Stack, Table, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { invite, removeUser, type Role, setRole, users } from "../../api/people";
import { useConfirm } from "../../components/confirm";
import { Section } from "../../components/Page";
import { say, sayFailed } from "../../components/toast";
import { Failed, Loaded } from "../../components/Waiting";
import { When } from "../../components/When";
import { ROLES } from "../../words/people";

const CHOICES = Object.entries(ROLES).map(([value, label]) => ({ value, label }));

/** Who may come in, and as what. */
export function People() {
  const query = useQuery(users);
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
  return (
    <Section title="People">
      {dialog}
      <Stack>
        <Loaded query={query} what="who may come in">
          {(found) => (
            <div className="panel tight">
              <Table miw={640} aria-label="People">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>Role</Table.Th>
                    <Table.Th>Signed in</Table.Th>
                    <Table.Th>What to do</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {found.map(({ id, name, role, invited, signed_in_at }) => (
                    <Table.Tr key={id}>
                      <Table.Td>{name}</Table.Td>
                      <Table.Td>
                        <NativeSelect
                          aria-label={`Role of ${name}`}
                          value={role}
                          data={CHOICES}
                          onChange={(event) =>
                            changed.mutate({ name, role: event.currentTarget.value as Role })
                          }
                        />
                      </Table.Td>
                      <Table.Td>{invited ? "invited" : <When at={signed_in_at} />}</Table.Td>
                      <Table.Td>
                        <Button
                          size="xs"
                          variant="default"
                          aria-label={`Remove ${name}`}
                          onClick={() =>
                            ask({
                              title: `Remove ${name}?`,
                              happens: `${name} is signed out everywhere and cannot come in any more; their API tokens stop. What they did stays in the audit log.`,
                              yes: "Remove them",
                              grave: true,
                              act: () => removed.mutate(name),
                            })
                          }
                        >
                          Remove
                        </Button>
                      </Table.Td>
                    </Table.Tr>
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

function Invite() {
  const cache = useQueryClient();
  const form = useForm<{ name: string; role: Role }>({
    initialValues: { name: "", role: "viewer" },
  });
  const made = useMutation({
    mutationFn: ({ name, role }: typeof form.values) => invite(name, role),
    onSuccess: async () => {
      form.reset();
      await cache.invalidateQueries({ queryKey: users.queryKey });
    },
  });
  return (
    <form onSubmit={form.onSubmit((said) => made.mutate(said))}>
      <Stack gap="xs">
        {made.isError && <Failed error={made.error} />}
        <Group align="flex-end">
          <TextInput label="Name of somebody new" required {...form.getInputProps("name")} />
          <NativeSelect label="Their role" data={CHOICES} {...form.getInputProps("role")} />
          <Button type="submit" variant="default" loading={made.isPending}>
            Invite
          </Button>
        </Group>
        {made.data && (
          <Text size="sm" role="status">
            Hand them this link. It is shown this once, and works once, for three days:{" "}
            <Code style={{ overflowWrap: "anywhere" }}>{made.data.link}</Code>
          </Text>
        )}
      </Stack>
    </form>
  );
}

import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { type Connection, connectionStanding, remove, renew } from "../../api/connections";
import { useConfirm } from "../../components/confirm";
import { Section } from "../../components/Page";
import { say } from "../../components/toast";
import { Failed } from "../../components/Waiting";

/** Call a connection something else, or forget it. */
export function NameAndEnd({ connection }: { connection: Connection }) {
  return (
    <>
      <Rename key={connection.name} connection={connection} />
      <Remove connection={connection} />
    </>
  );
}

function Rename({ connection }: { connection: Connection }) {
  const [name, setName] = useState(connection.name);
  const cache = useQueryClient();
  const navigate = useNavigate();
  const renamed = useMutation({
    mutationFn: () => renew(connection.name, { name: name.trim() }),
    onSuccess: async (made) => {
      await navigate({ to: "/connections/$name", params: { name: made.name }, replace: true });
      await cache.invalidateQueries();
      say(`It is called ${made.name} now. What uses it goes on.`);
    },
  });
  const isNew = name.trim() !== "" && name.trim() !== connection.name;
  return (
    <Section title="Name">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          renamed.mutate();
        }}
      >
        <Group align="flex-end">
          <TextInput
            label="What shall it be called?"
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={!isNew} loading={renamed.isPending}>
            Rename
          </Button>
        </Group>
      </form>
      {renamed.isError && <Failed error={renamed.error} />}
    </Section>
  );
}

function Remove({ connection }: { connection: Connection }) {
  const [ask, dialog] = useConfirm();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const standing = useQuery(connectionStanding(connection.id)).data;
  const users = [...(standing?.syncs ?? []), ...(standing?.flows ?? [])];
  const removed = useMutation({
    mutationFn: () => remove(connection.name),
    onSuccess: async () => {
      await navigate({ to: "/connections" });
      await cache.invalidateQueries();
      say(`${connection.name} is removed, and its credential with it.`);
    },
  });
  const confirm = () =>
    ask({
      title: `Remove the connection ${connection.name}?`,
      happens:
        "Its credential is deleted here and cannot be brought back: you would connect the app anew. " +
        "Nothing is changed or deleted at the app itself. No sync and no flow uses it.",
      yes: "Remove it",
      grave: true,
      act: () => removed.mutate(),
    });
  return (
    <Section title="Remove it">
      <Stack gap="xs" align="flex-start">
        {users.length > 0 && (
          <Text size="sm" c="dimmed">
            {users.join(", ")} would stop: it can be removed once nothing uses it any more.
          </Text>
        )}
        <Button
          variant="default"
          onClick={confirm}
          disabled={!standing || users.length > 0}
          loading={removed.isPending}
        >
          Remove this connection
        </Button>
        {removed.isError && <Failed error={removed.error} />}
      </Stack>
      {dialog}
    </Section>
  );
}

import { Alert, Button, Code, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { invite, type Role, users } from "../../api/people";
import { Copy } from "../../components/Copy";
import { Failed } from "../../components/Waiting";
import { ROLE_CHOICES } from "../../words/people";

/** Makes a link by which somebody new sets their own password. */
export function Invite() {
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
          <NativeSelect label="Their role" data={ROLE_CHOICES} {...form.getInputProps("role")} />
          <Button type="submit" variant="default" loading={made.isPending}>
            Invite
          </Button>
        </Group>
        <Text size="xs" c="dimmed">
          Whoever was invited and lost the link gets another one by the same name.
        </Text>
        {made.data && (
          <Alert title="Hand them this link" variant="default" role="status">
            <Text size="sm">It is shown this once, and works once, for three days.</Text>
            <Group gap="xs">
              <Code style={{ overflowWrap: "anywhere" }}>{made.data.link}</Code>
              <Copy value={made.data.link} />
            </Group>
          </Alert>
        )}
      </Stack>
    </form>
  );
}

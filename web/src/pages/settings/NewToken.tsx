import {
  Alert,
  Button,
  Checkbox,
  Code,
  Group,
  NativeSelect,
  Stack,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { Role } from "../../api/people";
import { makeToken, tokens } from "../../api/tokens";
import { Copy } from "../../components/Copy";
import { Failed } from "../../components/Waiting";
import { ROLE_CHOICES } from "../../words/people";

const LASTING = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "a year" },
  { value: "", label: "until it is revoked" },
];

/** Makes a token; its secret is shown this once. */
export function NewToken() {
  const cache = useQueryClient();
  const form = useForm<{ name: string; role: Role; readOnly: boolean; days: string }>({
    initialValues: { name: "", role: "viewer", readOnly: false, days: "90" },
  });
  const made = useMutation({
    mutationFn: ({ name, role, readOnly, days }: typeof form.values) =>
      makeToken({ name, role, read_only: readOnly, days: days ? Number(days) : null }),
    onSuccess: async () => {
      form.reset();
      await cache.invalidateQueries({ queryKey: tokens.queryKey });
    },
  });
  return (
    <form onSubmit={form.onSubmit((said) => made.mutate(said))}>
      <Stack gap="sm" mb="md">
        {made.isError && <Failed error={made.error} />}
        <Group align="flex-end">
          <TextInput label="Name of the program" required {...form.getInputProps("name")} />
          <NativeSelect
            label="What it may do"
            data={ROLE_CHOICES}
            {...form.getInputProps("role")}
          />
          <NativeSelect label="How long" data={LASTING} {...form.getInputProps("days")} />
          <Checkbox
            label="Only to read"
            mb={8}
            {...form.getInputProps("readOnly", { type: "checkbox" })}
          />
          <Button type="submit" variant="default" loading={made.isPending}>
            Make a token
          </Button>
        </Group>
        {made.data?.secret && (
          <Alert
            title={`Keep the token ${made.data.name} now: it is shown this once`}
            variant="default"
            role="status"
          >
            <Group gap="xs">
              <Code style={{ overflowWrap: "anywhere" }}>{made.data.secret}</Code>
              <Copy value={made.data.secret} />
            </Group>
          </Alert>
        )}
      </Stack>
    </form>
  );
}

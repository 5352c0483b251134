import { Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { changePassword, sessions } from "../../api/account";
import { Section } from "../../components/Page";
import { say } from "../../components/toast";
import { Failed } from "../../components/Waiting";

/** Changes one's own password. */
export function OwnPassword() {
  const cache = useQueryClient();
  const form = useForm({ initialValues: { old: "", fresh: "" } });
  const changed = useMutation({
    mutationFn: ({ old, fresh }: typeof form.values) => changePassword(old, fresh),
    onSuccess: async () => {
      form.reset();
      say("Your password is changed. Every other browser is signed out.");
      await cache.invalidateQueries({ queryKey: sessions.queryKey });
    },
  });
  return (
    <Section title="Password">
      <form onSubmit={form.onSubmit((said) => changed.mutate(said))}>
        <Stack maw={360} gap="sm">
          {changed.isError && <Failed error={changed.error} />}
          <PasswordInput
            label="Password until now"
            autoComplete="current-password"
            required
            {...form.getInputProps("old")}
          />
          <PasswordInput
            label="New password"
            description="Several words are good, and easy to remember."
            autoComplete="new-password"
            required
            {...form.getInputProps("fresh")}
          />
          <Text size="sm" c="dimmed">
            You stay signed in here, and are signed out everywhere else.
          </Text>
          <Button type="submit" variant="default" w="fit-content" loading={changed.isPending}>
            Change the password
          </Button>
        </Stack>
      </form>
    </Section>
  );
}

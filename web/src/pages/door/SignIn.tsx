import { Button, Code, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery } from "@tanstack/react-query";

import { signIn, welcome } from "../../api/session";
import { Failed } from "../../components/Waiting";
import { Entrance } from "./Entrance";

/** Ask who it is. */
export function SignIn() {
  const { data } = useQuery(welcome);
  const form = useForm({ initialValues: { name: "", password: "" } });
  const entering = useMutation({
    mutationFn: (said: typeof form.values) => signIn(said.name, said.password),
  });
  if (data && !data.set_up) return <NobodyYet />;
  return (
    <Entrance title="Sign in">
      <form onSubmit={form.onSubmit((said) => entering.mutate(said))}>
        <Stack>
          {entering.isError && <Failed error={entering.error} />}
          <TextInput
            label="Name"
            autoComplete="username"
            required
            {...form.getInputProps("name")}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            {...form.getInputProps("password")}
          />
          <Button type="submit" loading={entering.isPending}>
            Sign in
          </Button>
        </Stack>
      </form>
    </Entrance>
  );
}

function NobodyYet() {
  return (
    <Entrance title="There is no user yet">
      <Text>
        The first one comes by a one-time link. It was shown where Instep was started; it is good
        for an hour. Start <Code>instep up</Code> again for a new one.
      </Text>
    </Entrance>
  );
}

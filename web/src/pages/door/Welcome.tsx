import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import type { Schemas } from "../../api/client";
import { enterByLink, lookAtLink } from "../../api/session";
import { Failed, Loaded } from "../../components/Waiting";
import { Entrance } from "./Entrance";

const TITLES = {
  setup: "Make the first user",
  invitation: "Welcome to Instep",
  sign_in: "Welcome back",
};

/** Where a one-time link leads. Its secret stands behind the #, which browsers never send. */
export function Welcome() {
  const [link] = useState(() => window.location.hash.slice(1));
  const query = useQuery({
    queryKey: ["link", link],
    queryFn: () => lookAtLink(link),
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <Entrance title={query.data ? TITLES[query.data.kind] : "One-time link"}>
      <Loaded query={query} what="what the link is for">
        {(found) => <Enter link={link} found={found} />}
      </Loaded>
      {query.isError && (
        <Text>
          A link works once and not for ever. <Anchor href="/ui/">Sign in</Anchor>, or ask for a new
          one.
        </Text>
      )}
    </Entrance>
  );
}

function Enter({ link, found }: { link: string; found: Schemas["LinkView"] }) {
  const navigate = useNavigate();
  const form = useForm({ initialValues: { name: found.name ?? "", password: "" } });
  const isNew = found.kind !== "sign_in";
  const entering = useMutation({
    mutationFn: ({ name, password }: typeof form.values) =>
      enterByLink({
        link,
        name: found.kind === "setup" ? name : null,
        password: isNew ? password : null,
      }),
    onSuccess: () => navigate({ to: "/", replace: true }),
  });
  return (
    <form onSubmit={form.onSubmit((said) => entering.mutate(said))}>
      <Stack>
        {entering.isError && <Failed error={entering.error} />}
        <TextInput
          label="Name"
          autoComplete="username"
          required
          readOnly={found.kind !== "setup"}
          {...form.getInputProps("name")}
        />
        {isNew && (
          <PasswordInput
            label="Password"
            description="Several words are good, and easy to remember."
            autoComplete="new-password"
            required
            {...form.getInputProps("password")}
          />
        )}
        <Button type="submit" loading={entering.isPending}>
          {isNew ? "Begin" : "Sign in"}
        </Button>
      </Stack>
    </form>
  );
}

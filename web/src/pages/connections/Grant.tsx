import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { authorise, type Connector } from "../../api/connections";
import { Failed } from "../../components/Waiting";
import { Callback } from "./Callback";
import { MoreSettings } from "./MoreSettings";
import { ScopeChoice } from "./ScopeChoice";
import { Inputs, isAsked, settingsOf, typed } from "./Secrets";

/** Connect an app on its own page: what is asked here first, then the browser goes there. */
export function Grant({ app, method }: { app: Connector; method: string }) {
  const { recipe } = useSearch({ strict: false });
  const [name, setName] = useState(app.name);
  const [country, setCountry] = useState("");
  const [values, setValues] = useState<Record<string, string>>({});
  const [added, setAdded] = useState<string[]>([]);
  const leaving = useMutation({
    mutationFn: () =>
      authorise({
        connector: app.name,
        name: name.trim(),
        auth: method,
        country: country.trim().toUpperCase() || null,
        settings: typed(values),
        scopes: added,
        recipe: recipe ?? null,
      }),
    onSuccess: ({ url }) => window.location.assign(url),
  });
  const way = app.methods.find((each) => each.kind === method);
  const secrets = way?.secrets ?? [];
  const settings = settingsOf(app, method);
  const asked = settings.filter((each) => isAsked(each, secrets));
  const others = settings.filter((each) => !asked.includes(each));
  const change = (key: string, value: string) => setValues((old) => ({ ...old, [key]: value }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        leaving.mutate();
      }}
    >
      <Stack>
        <Callback title={app.title} />
        <Inputs settings={asked} secrets={secrets} values={values} change={change} />
        <ScopeChoice
          connector={app.name}
          method={method}
          recipe={recipe}
          added={added}
          change={setAdded}
        />
        <TextInput
          label="What shall the connection be called?"
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <MoreSettings country={country} setCountry={setCountry}>
          <Inputs settings={others} secrets={secrets} values={values} change={change} />
        </MoreSettings>
        <Text size="sm" c="dimmed">
          {app.title}'s own page opens next. {way?.told && "Choose the account there. "}
          It sends you back here, Instep tests what it was given, and only then keeps it.
        </Text>
        {leaving.isError && <Failed error={leaving.error} />}
        <Group>
          <Button type="submit" loading={leaving.isPending || leaving.isSuccess}>
            Go to {app.title}
          </Button>
          <Button component={Link} to="/connections" variant="default">
            Leave it
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

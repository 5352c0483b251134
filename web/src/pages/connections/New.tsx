import { Anchor, Button, Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { connect, type Connector, connectors } from "../../api/connections";
import { Only } from "../../components/Only";
import { Page, Section } from "../../components/Page";
import { say } from "../../components/toast";
import { Failed, Loaded } from "../../components/Waiting";
import { appAbout, byUse } from "../../words/apps";
import { methodName } from "../../words/names";
import { Grant } from "./Grant";
import { Made } from "./Made";
import { MoreSettings } from "./MoreSettings";
import { RemoveApp } from "./own/RemoveApp";
import { Inputs, isAsked, settingsOf, typed } from "./Secrets";

export function NewConnection() {
  const query = useQuery(connectors);
  const { app } = useSearch({ strict: false });
  const navigate = useNavigate();
  const choose = (name: string) => void navigate({ to: "/connections/new", search: { app: name } });
  return (
    <Page
      title="Connect an app"
      back={{ to: "/connections", label: "Connections" }}
      about="Instep asks the app one harmless question with what you type. Only if the app says yes is anything kept, and secrets are kept sealed."
    >
      <Loaded query={query} what="the apps there are">
        {(found) => {
          const chosen = found.find((each) => each.name === app);
          return (
            <Stack gap="lg" maw={640}>
              <Radio.Group label="Which app?" value={chosen?.name ?? ""} onChange={choose}>
                <Stack gap="xs" mt="xs">
                  {found.toSorted(byUse).map((each) => (
                    <Radio
                      key={each.name}
                      value={each.name}
                      label={each.title}
                      description={appAbout(each)}
                    />
                  ))}
                </Stack>
              </Radio.Group>
              <Anchor component={Link} to="/connections/describe">
                My app is not here: describe it
              </Anchor>
              {chosen && <Setup key={chosen.name} app={chosen} />}
              {chosen && (
                <Only admin>
                  <RemoveApp key={chosen.name} app={chosen} />
                </Only>
              )}
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Setup({ app }: { app: Connector }) {
  const [method, setMethod] = useState(
    (app.methods.find((each) => !each.browser) ?? app.methods[0])?.kind ?? "",
  );
  if (app.missing.length > 0) return <Describe app={app} />;
  return (
    <>
      {app.methods.length > 1 && (
        <Radio.Group label="How does it know Instep?" value={method} onChange={setMethod}>
          <Stack gap="xs" mt="xs">
            {app.methods.map((each) => (
              <Radio key={each.kind} value={each.kind} label={methodName(each.kind)} />
            ))}
          </Stack>
        </Radio.Group>
      )}
      {app.methods.find((each) => each.kind === method)?.browser ? (
        <Grant key={method} app={app} method={method} />
      ) : (
        <Form key={method} app={app} method={method} />
      )}
    </>
  );
}

function Form({ app, method }: { app: Connector; method: string }) {
  const [name, setName] = useState(app.name);
  const [country, setCountry] = useState("");
  const [values, setValues] = useState<Record<string, string>>({});
  const cache = useQueryClient();
  const navigate = useNavigate();
  const made = useMutation({
    mutationFn: () =>
      connect({
        connector: app.name,
        name: name.trim(),
        auth: method,
        country: country.trim().toUpperCase() || null,
        settings: typed(values),
      }),
    onSuccess: async (connection) => {
      await cache.invalidateQueries();
      say(`${app.title} is connected.`);
      if (!connection.made) {
        await navigate({ to: "/connections/$name", params: { name: connection.name } });
      }
    },
  });
  const secrets = app.methods.find((each) => each.kind === method)?.secrets ?? [];
  const settings = settingsOf(app, method);
  const asked = settings.filter((each) => isAsked(each, secrets));
  const others = settings.filter((each) => !asked.includes(each));
  const change = (key: string, value: string) => setValues((old) => ({ ...old, [key]: value }));
  if (made.data?.made) return <Made connection={made.data.name} secrets={made.data.made} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        made.mutate();
      }}
    >
      <Stack>
        <Inputs settings={asked} secrets={secrets} values={values} change={change} />
        <TextInput
          label="What shall the connection be called?"
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <MoreSettings country={country} setCountry={setCountry}>
          <Inputs settings={others} secrets={secrets} values={values} change={change} />
        </MoreSettings>
        {made.isError && <Failed error={made.error} />}
        <Group>
          <Button type="submit" loading={made.isPending}>
            Test and connect
          </Button>
          <Button component={Link} to="/connections" variant="default">
            Leave it
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Describe({ app }: { app: Connector }) {
  const navigate = useNavigate();
  return (
    <Section title={`${app.title} has to be described first`}>
      <Stack gap="xs">
        <Text>
          Nobody has published how {app.title} is reached, so Instep does not guess. Complete these
          places in its description, with the help of {app.title}'s support, and it can be connected
          like any other app:
        </Text>
        <ul>
          {app.missing.map((line) => (
            <li key={line}>
              <code>{line}</code>
            </li>
          ))}
        </ul>
        <Group>
          <Button
            onClick={() =>
              void navigate({ to: "/connections/describe", search: { app: app.name } })
            }
          >
            Complete it
          </Button>
        </Group>
      </Stack>
    </Section>
  );
}

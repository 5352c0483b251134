import {
  Button,
  Collapse,
  PasswordInput,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { probeApp, type Proposal } from "../../../api/manifests";
import { Failed, Working } from "../../../components/Waiting";

const WAYS = [
  { value: "bearer", label: "Access token (Authorization: Bearer)" },
  { value: "basic", label: "User name and password, as user:password" },
  { value: "header", label: "Key in a header of its own" },
];

/** Have an app's lists read, and a manifest proposed from what they show. */
export function Probe({ take }: { take: (proposal: Proposal) => void }) {
  const [opened, { toggle, close }] = useDisclosure();
  const [name, setName] = useState("");
  const [urls, setUrls] = useState("");
  const [way, setWay] = useState("bearer");
  const [header, setHeader] = useState("");
  const [key, setKey] = useState("");
  const probe = useMutation({
    mutationFn: () =>
      probeApp({
        name: name.trim(),
        urls: urls.split(/\s+/).filter(Boolean),
        auth: way === "header" ? `header:${header.trim()}` : way,
        key,
      }),
    onSuccess: (proposal) => {
      close();
      take(proposal);
    },
  });
  return (
    <div>
      <Button variant="default" onClick={toggle} aria-expanded={opened}>
        Have Instep look at the app
      </Button>
      <Collapse expanded={opened}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            probe.mutate();
          }}
        >
          <Stack mt="sm" maw={560}>
            <Text size="sm" c="dimmed">
              Instep reads some records of each list and proposes a manifest. It writes nothing
              there, and it keeps neither the key nor the records.
            </Text>
            <TextInput
              label="What shall the app be called?"
              description="Small letters, digits, - and _, such as mycrm."
              required
              pattern="[a-z][a-z0-9_\-]*"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Textarea
              label="Addresses of lists"
              description="One a line, whole, such as https://app.example/api/v1/contacts."
              required
              autosize
              minRows={2}
              value={urls}
              onChange={(event) => setUrls(event.currentTarget.value)}
            />
            <Select
              label="How does one sign in there?"
              data={WAYS}
              value={way}
              allowDeselect={false}
              onChange={(value) => setWay(value ?? "bearer")}
            />
            {way === "header" && (
              <TextInput
                label="Name of the header"
                required
                value={header}
                onChange={(event) => setHeader(event.currentTarget.value)}
              />
            )}
            <PasswordInput
              label="Key to look with"
              required
              autoComplete="off"
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
            />
            {probe.isPending && (
              <Working>Reading samples of each list, for a minute at most …</Working>
            )}
            {probe.isError && <Failed error={probe.error} />}
            <Button type="submit" w="fit-content" loading={probe.isPending}>
              Look at it
            </Button>
          </Stack>
        </form>
      </Collapse>
    </div>
  );
}

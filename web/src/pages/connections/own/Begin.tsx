import { Button, FileButton, Group, Select, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { manifests, manifestText } from "../../../api/manifests";
import { Section } from "../../../components/Page";
import { Failed, Loaded } from "../../../components/Waiting";

const BLANK = "custom";

/** Three ways to a first text: one that is there, a file, or a look at the app itself. */
export function Begin({ app, take }: { app?: string; take: (text: string) => void }) {
  const query = useQuery(manifests);
  const [from, setFrom] = useState(app ?? BLANK);
  const open = useMutation({ mutationFn: () => manifestText(from), onSuccess: take });
  const read = useMutation({ mutationFn: (file: File) => file.text(), onSuccess: take });
  return (
    <Section title="Begin with">
      <Stack gap="sm">
        <Loaded query={query} what="the manifests there are">
          {(found) => (
            <Group align="flex-end">
              <Select
                label="A manifest that is there"
                data={found.map((each) => ({
                  value: each.name,
                  label: each.name === BLANK ? "A blank one" : each.title,
                }))}
                value={found.some((each) => each.name === from) ? from : BLANK}
                allowDeselect={false}
                onChange={(value) => setFrom(value ?? BLANK)}
              />
              <Button variant="default" onClick={() => open.mutate()} loading={open.isPending}>
                Begin with this one
              </Button>
            </Group>
          )}
        </Loaded>
        <Group>
          <Text size="sm">or with a file, YAML or JSON:</Text>
          <FileButton
            accept=".yaml,.yml,.json"
            onChange={(file) => file && read.mutate(file)}
            inputProps={{ "aria-label": "A file with a manifest" }}
          >
            {(props) => (
              <Button variant="default" size="xs" {...props}>
                Choose a file
              </Button>
            )}
          </FileButton>
        </Group>
        {open.isError && <Failed error={open.error} />}
        {read.isError && <Failed error={read.error} />}
      </Stack>
    </Section>
  );
}

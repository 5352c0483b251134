import { Anchor, Button, Group, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";

import { exportAddress, verify, type Wanted } from "../../api/activity";
import { State } from "../../components/State";
import { sayFailed } from "../../components/toast";
import { count } from "../../words/format";

/** Takes the entries along as a file, and checks that none was changed since it was written. */
export function Chain({ wanted }: { wanted: Wanted }) {
  const checked = useMutation({ mutationFn: verify, onError: sayFailed });
  return (
    <Group gap="md">
      <Anchor href={exportAddress(wanted, "csv")} download>
        Export as CSV
      </Anchor>
      <Anchor href={exportAddress(wanted, "json")} download>
        Export as JSON
      </Anchor>
      <Button
        size="compact-sm"
        variant="default"
        loading={checked.isPending}
        onClick={() => checked.mutate()}
      >
        Check that it is whole
      </Button>
      <div role="status">
        {checked.data &&
          (checked.data.holds ? (
            <State tone="good">
              {`The chain is whole: ${count(checked.data.entries, "entry", "entries")}, none changed`}
            </State>
          ) : (
            <State tone="bad">{checked.data.sentence ?? "The chain is broken."}</State>
          ))}
        {checked.data?.holds && (
          <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            Note this elsewhere to see later that nothing was cut off: {checked.data.digest}
          </Text>
        )}
      </div>
    </Group>
  );
}

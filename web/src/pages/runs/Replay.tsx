import { Alert, Button, Group, List, Modal, Radio, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { replay } from "../../api/flows";
import { replayLook, type ReplayWanted } from "../../api/runs";
import { sayFailed } from "../../components/toast";
import { Failed, Loading } from "../../components/Waiting";
import { count, formatNumber } from "../../words/format";
import { ReplayProgress } from "./ReplayProgress";

interface ReplayProps {
  /** Which runs: some by their ids, or all that a filter finds. */
  wanted: Partial<ReplayWanted>;
  label?: string;
  disabled?: boolean;
  /** Not offered now; how far the last one is stays to be seen. */
  hidden?: boolean;
  /** From where, unless somebody says otherwise. */
  first?: ReplayWanted["start"];
  done?: () => void;
}

/** Do runs again: says first how many, and what that costs; then how far it is. */
export function Replay({
  wanted,
  label = "Do again",
  disabled,
  hidden = false,
  first = "failed",
  done,
}: ReplayProps) {
  const [opened, { open, close }] = useDisclosure();
  const started = useMutation({
    mutationFn: replay,
    onSuccess: () => done?.(),
    onError: sayFailed,
  });
  return (
    <>
      {!hidden && (
        <Button variant="default" disabled={disabled} loading={started.isPending} onClick={open}>
          {label}
        </Button>
      )}
      {opened && (
        <Ask
          wanted={wanted}
          first={first}
          close={close}
          start={(how) => {
            close();
            started.mutate(how);
          }}
        />
      )}
      {started.data && <ReplayProgress id={started.data.id} />}
    </>
  );
}

interface AskProps {
  wanted: Partial<ReplayWanted>;
  first: ReplayWanted["start"];
  close: () => void;
  start: (wanted: ReplayWanted) => void;
}

function Ask({ wanted, first, close, start }: AskProps) {
  const [from, setFrom] = useState(first);
  const [version, setVersion] = useState<ReplayWanted["version"]>("original");
  const whole = { ...wanted, start: from, version } as ReplayWanted;
  const look = useQuery(replayLook(whole));
  const runs = look.data?.runs ?? 0;
  return (
    <Modal
      opened
      onClose={close}
      title={look.data ? `Do ${count(runs, "run")} again?` : "Do runs again?"}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack>
        <Radio.Group
          label="From where?"
          value={from}
          onChange={(value) => setFrom(value === "start" ? "start" : "failed")}
        >
          <Stack gap={4} mt={4}>
            <Radio
              value="failed"
              label="From the step that failed"
              description="What the steps before it did is not done twice."
            />
            <Radio
              value="start"
              label="From the start"
              description="Every step is done once more, in a run of its own."
            />
          </Stack>
        </Radio.Group>
        <Radio.Group
          label="On which version of the flow?"
          value={version}
          onChange={(value) => setVersion(value === "newest" ? "newest" : "original")}
        >
          <Stack gap={4} mt={4}>
            <Radio value="original" label="The one each ran on" />
            <Radio
              value="newest"
              label="The newest one"
              description="What was done has to lie on its way; what does not fit is left out."
            />
          </Stack>
        </Radio.Group>
        {look.isPending && <Loading what="what would be done" />}
        {look.isError && <Failed error={look.error} again={() => void look.refetch()} />}
        {look.data && <Cost actions={look.data.actions} refused={look.data.refused} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            Leave it
          </Button>
          <Button disabled={runs === 0 || look.isFetching} onClick={() => start(whole)}>
            Do them again
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Cost({
  actions,
  refused,
}: {
  actions: Record<string, number>;
  refused: { runs: number; why: string }[];
}) {
  const apps = Object.entries(actions);
  return (
    <Stack gap="xs" role="status">
      <Text size="sm">
        {apps.length === 0
          ? "No app is called."
          : `What is before them: ${apps.map(([name, number]) => `${count(number, "action")} at ${name}`).join(", ")}. An action for each item of a list counts once.`}
      </Text>
      {refused.length > 0 && (
        <Alert title="Left out" variant="default">
          <List size="sm">
            {refused.map((each) => (
              <List.Item key={each.why}>
                {formatNumber(each.runs)}: {each.why}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  );
}

import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { FlowRunDetail } from "../../api/flows";
import { answerFor } from "../../api/runs";
import { say, sayFailed } from "../../components/toast";
import { stepName } from "../../words/runs";

type DoubtfulRun = Pick<FlowRunDetail, "id" | "step" | "steps">;

/** Ask what only a person can find out: whether a step whose answer was lost was carried out. */
export function InDoubt({ run }: { run: DoubtfulRun }) {
  const cache = useQueryClient();
  const step = run.steps.find((each) => each.place === run.step);
  const answered = useMutation({
    mutationFn: (happened: boolean) => answerFor(run.id, happened),
    onSuccess: async () => {
      say("Thank you. The run goes on.");
      await cache.invalidateQueries();
    },
    onError: sayFailed,
  });
  return (
    <Alert
      title={`Was “${step ? stepName(step) : run.step}” carried out?`}
      variant="default"
      maw={720}
    >
      <Stack gap="sm">
        <Text size="sm">
          The request was sent and its answer was lost, so Instep does not know. Look into the app,
          then say what you found: nothing is done twice, and nothing is left out.
        </Text>
        <Group gap="xs">
          <Button
            variant="default"
            loading={answered.isPending}
            onClick={() => answered.mutate(true)}
          >
            Yes, it was done: go on after it
          </Button>
          <Button
            variant="default"
            loading={answered.isPending}
            onClick={() => answered.mutate(false)}
          >
            No, it was not: do it now
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

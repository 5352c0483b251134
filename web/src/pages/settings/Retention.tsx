import { Button, Group, NumberInput, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { type Retained, retention, setRetention } from "../../api/keeping";
import { useConfirm } from "../../components/confirm";
import { Section } from "../../components/Page";
import { say, sayFailed } from "../../components/toast";
import { Loaded } from "../../components/Waiting";
import { count } from "../../words/format";

const ABOUT: Record<Retained["what"], { title: string; what: string }> = {
  runs: {
    title: "Runs of flows",
    what: "Runs that are over, with what each step took and gave.",
  },
  sent: {
    title: "Webhooks sent, and past alerts",
    what: "Webhooks that were sent, with what they told; alerts that are over, and their messages.",
  },
};

const MOST = 3650;

/** For how long what is over is kept. */
export function Retention() {
  const query = useQuery(retention);
  return (
    <Section title="What is kept">
      <Stack gap="lg">
        <Loaded query={query} what="what is kept">
          {(found) => found.map((each) => <One key={`${each.what} ${each.days}`} found={each} />)}
        </Loaded>
        <Text size="sm" c="dimmed" maw={680}>
          The history of syncs is kept for as long as its sync is there, so that every run can be
          undone and every change explained. What people changed is kept for ever.
        </Text>
      </Stack>
    </Section>
  );
}

function One({ found }: { found: Retained }) {
  const cache = useQueryClient();
  const [ask, dialog] = useConfirm();
  const { title, what } = ABOUT[found.what];
  const form = useForm<{ days: number | string }>({
    initialValues: { days: found.days },
    validate: {
      days: (days) =>
        Number(days) >= 1 && Number(days) <= MOST ? null : `Between 1 and ${MOST} days.`,
    },
  });
  const changed = useMutation({
    mutationFn: (days: number | null) => setRetention(found.what, days),
    onSuccess: async (told) => {
      say(`${title} are kept for ${count(told.days, "day")} from now on.`);
      await cache.invalidateQueries({ queryKey: retention.queryKey });
    },
    onError: sayFailed,
  });
  const keep = (days: number | null, comesTo: number) => {
    if (comesTo >= found.days) return changed.mutate(days);
    ask({
      title: `Keep them for ${count(comesTo, "day")} only?`,
      happens: `What is older goes within the hour. ${what} This cannot be taken back.`,
      yes: "Keep less",
      grave: true,
      act: () => changed.mutate(days),
    });
  };
  return (
    <form
      aria-label={title}
      onSubmit={form.onSubmit(({ days }) => keep(Number(days), Number(days)))}
    >
      {dialog}
      <Group align="flex-end">
        <NumberInput
          label={title}
          description={what}
          suffix=" days"
          min={1}
          max={MOST}
          clampBehavior="none"
          allowDecimal={false}
          {...form.getInputProps("days")}
        />
        <Button type="submit" variant="default" loading={changed.isPending}>
          Keep so long
        </Button>
        {found.is_set && (
          <Button variant="default" onClick={() => keep(null, found.usual)}>
            {`As usual (${count(found.usual, "day")})`}
          </Button>
        )}
      </Group>
    </form>
  );
}

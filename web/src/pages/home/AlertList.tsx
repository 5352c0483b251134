import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { acknowledge, type AlertTold, snooze } from "../../api/alerts";
import { Section } from "../../components/Page";
import { say, sayFailed } from "../../components/toast";
import { When } from "../../components/When";
import { Only } from "../../components/Only";

/** What is the matter now: since when, and what may be done about being told. */
export function AlertList({ alerts }: { alerts: AlertTold[] }) {
  const cache = useQueryClient();
  const told = (sentence: string) => {
    say(sentence);
    void cache.invalidateQueries();
  };
  const seen = useMutation({
    mutationFn: acknowledge,
    onSuccess: () => told("Noted. You will only be told when it is over."),
    onError: sayFailed,
  });
  const later = useMutation({
    mutationFn: (id: string) => snooze(id, "2h"),
    onSuccess: () => told("Nothing is said of it for two hours."),
    onError: sayFailed,
  });
  return (
    <Section title="What is the matter">
      <Stack gap="xs">
        {alerts.map((each) => (
          <div className="panel" key={each.id}>
            <Text fw={500}>{each.sentence}</Text>
            <Text size="sm" c="dimmed">
              {each.subject.name}, since <When at={each.since} />
              {each.acknowledged_by && `, seen by ${each.acknowledged_by}`}
            </Text>
            {!each.acknowledged_by && (
              <Only>
                <Group gap="xs" mt="xs">
                  <Button size="xs" variant="default" onClick={() => seen.mutate(each.id)}>
                    I have seen it
                  </Button>
                  <Button size="xs" variant="default" onClick={() => later.mutate(each.id)}>
                    Remind me in two hours
                  </Button>
                </Group>
              </Only>
            )}
          </div>
        ))}
      </Stack>
    </Section>
  );
}

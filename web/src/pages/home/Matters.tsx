import { Button, Group, List, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { acknowledge, alerts as alertList, type AlertTold, snooze } from "../../api/alerts";
import { overview } from "../../api/overview";
import { ButtonLink } from "../../components/links";
import { Only } from "../../components/Only";
import { Section } from "../../components/Page";
import { say, sayFailed } from "../../components/toast";
import { When } from "../../components/When";
import type { Matter } from "../../words/overview";

/** What is the matter now: since when, what to do, and what may be done about being told. */
export function Matters({ matters, over }: { matters: Matter[]; over: AlertTold[] }) {
  if (matters.length + over.length === 0) return null;
  return (
    <Section title="What is the matter">
      <Stack gap="xs">
        {matters.map((each) => (
          <OfSubject key={each.key} matter={each} isOnly={matters.length === 1} />
        ))}
        {over.map((each) => (
          <Text key={each.id} size="sm" c="dimmed">
            It seems to be over: {each.subject.what} {each.subject.name}: {each.sentence}
          </Text>
        ))}
      </Stack>
    </Section>
  );
}

function OfSubject({ matter, isOnly }: { matter: Matter; isOnly: boolean }) {
  return (
    <div className="panel">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Text fw={500}>{matter.subject.replace(/^the /, "")}</Text>
        {/* the only one has its way out in the sentence above */}
        {!isOnly && (
          <ButtonLink to={matter.todo.to} search={matter.todo.search} size="xs" variant="default">
            {matter.todo.label}
          </ButtonLink>
        )}
      </Group>
      <List listStyleType="none" size="sm">
        {matter.troubles.map(({ trouble }) => (
          <List.Item key={trouble.kind}>
            {trouble.sentence}
            {trouble.since && (
              <Text span size="sm" c="dimmed">
                {" "}
                Since <When at={trouble.since} />.
              </Text>
            )}
          </List.Item>
        ))}
      </List>
      <Telling matter={matter} />
    </div>
  );
}

/** What was said about being told of something, and what may be said. */
export function Telling({ matter }: { matter: Matter }) {
  const alerts = matter.troubles.flatMap(({ alert }) => (alert ? [alert] : []));
  const open = alerts.filter((each) => !each.acknowledged_by && !each.snoozed_until);
  return (
    <>
      <Told alerts={alerts} />
      {open.length > 0 && (
        <Only>
          <Quieten alerts={open} subject={matter.subject} />
        </Only>
      )}
    </>
  );
}

/** Who has seen it, and until when nothing is said of it. */
function Told({ alerts }: { alerts: AlertTold[] }) {
  const seen = alerts.find((each) => each.acknowledged_by)?.acknowledged_by;
  const until = alerts.find((each) => each.snoozed_until)?.snoozed_until;
  if (!seen && !until) return null;
  return (
    <Text size="sm" c="dimmed">
      {seen && `Seen by ${seen}. `}
      {until && (
        <>
          Quiet; it comes back <When at={until} />.
        </>
      )}
    </Text>
  );
}

function Quieten({ alerts, subject }: { alerts: AlertTold[]; subject: string }) {
  const cache = useQueryClient();
  const done = async (sentence: string) => {
    say(sentence);
    await Promise.all(
      [overview.queryKey, alertList.queryKey].map((queryKey) =>
        cache.invalidateQueries({ queryKey }),
      ),
    );
  };
  const all = (act: (id: string) => Promise<unknown>) =>
    Promise.all(alerts.map(({ id }) => act(id)));
  const seen = useMutation({
    mutationFn: () => all(acknowledge),
    onSuccess: () => done("Noted. You will only be told when it is over."),
    onError: sayFailed,
  });
  const later = useMutation({
    mutationFn: () => all((id) => snooze(id, "2h")),
    onSuccess: () => done("Nothing is said of it for two hours."),
    onError: sayFailed,
  });
  return (
    <Group gap="xs" mt="xs" role="group" aria-label={`About ${subject}`}>
      <Button size="xs" variant="default" loading={seen.isPending} onClick={() => seen.mutate()}>
        I have seen it
      </Button>
      <Button size="xs" variant="default" loading={later.isPending} onClick={() => later.mutate()}>
        Remind me in two hours
      </Button>
    </Group>
  );
}

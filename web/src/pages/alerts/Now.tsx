import { Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { acknowledge, alerts, type AlertTold, snooze } from "../../api/alerts";
import { PageLink } from "../../components/links";
import { Only } from "../../components/Only";
import { State } from "../../components/State";
import { say, sayFailed } from "../../components/toast";
import { Empty, Loaded } from "../../components/Waiting";
import { When } from "../../components/When";
import { placeOf, TROUBLES } from "../../words/alerts";

const LENGTHS = [
  { value: "", label: "Remind me later…" },
  { value: "2h", label: "in two hours" },
  { value: "1d", label: "tomorrow" },
  { value: "7d", label: "in a week" },
];

/** What is in trouble now. */
export function Now() {
  const query = useQuery(alerts);
  return (
    <Loaded query={query} what="what is in trouble">
      {({ alerts: found }) =>
        found.length === 0 ? (
          <Empty title="Nothing is in trouble">
            As soon as something is, it stands here and is told wherever you say.
          </Empty>
        ) : (
          <Stack component="ul" gap="xs" m={0} p={0} aria-label="What is in trouble">
            {found.map((each) => (
              <OneAlert key={each.id} alert={each} />
            ))}
          </Stack>
        )
      }
    </Loaded>
  );
}

function OneAlert({ alert }: { alert: AlertTold }) {
  const place = placeOf(alert);
  return (
    <li className="panel" style={{ listStyle: "none" }}>
      <Stack gap={4}>
        <State tone={alert.kind === "delay" || alert.kind === "quota" ? "care" : "bad"}>
          {TROUBLES[alert.kind].name}: {alert.subject.name}
        </State>
        <Text fw={500}>{alert.sentence}</Text>
        <Text size="sm" c="dimmed">
          Since <When at={alert.since} />
          {alert.acknowledged_by && `, seen by ${alert.acknowledged_by}`}
          {alert.snoozed_until && (
            <>
              , nothing is said of it until <When at={alert.snoozed_until} />
            </>
          )}
        </Text>
        <Group gap="xs" mt={4}>
          {place && <PageLink to={place}>Look at {alert.subject.name}</PageLink>}
          <Only>
            <Deeds alert={alert} />
          </Only>
        </Group>
      </Stack>
    </li>
  );
}

function Deeds({ alert }: { alert: AlertTold }) {
  const cache = useQueryClient();
  const told = async (sentence: string) => {
    say(sentence);
    await cache.invalidateQueries();
  };
  const seen = useMutation({
    mutationFn: () => acknowledge(alert.id),
    onSuccess: () => told("Noted. You will only be told when it is over."),
    onError: sayFailed,
  });
  const later = useMutation({
    mutationFn: (until: string) => snooze(alert.id, until),
    onSuccess: () => told("Nothing is said of it until then."),
    onError: sayFailed,
  });
  return (
    <>
      {!alert.acknowledged_by && (
        <Button size="xs" variant="default" loading={seen.isPending} onClick={() => seen.mutate()}>
          I have seen it
        </Button>
      )}
      <NativeSelect
        size="xs"
        aria-label={`Remind me of ${alert.subject.name} later`}
        value=""
        data={LENGTHS}
        onChange={(event) => event.currentTarget.value && later.mutate(event.currentTarget.value)}
      />
    </>
  );
}

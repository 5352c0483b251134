import { Alert, Button, Chip, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { asking, type Happening, type Person, type Sight, timeline } from "../../api/contacts";
import { More } from "../../components/More";
import { Section } from "../../components/Page";
import { State } from "../../components/State";
import { Failed, Loading } from "../../components/Waiting";
import { When } from "../../components/When";
import { kindName, KINDS, kindsName, statusWord, whereabouts } from "../../words/contacts";
import { recordsOf } from "../../words/names";

interface TimelineProps {
  person: Person;
  apps: string[];
}

/** What happened with a person and what is ahead, of every linked app, the newest first. */
export function Timeline({ person, apps }: TimelineProps) {
  const sight: Sight = useSearch({ strict: false });
  const asked = useQuery(asking(person.id));
  const query = useInfiniteQuery(timeline(person.id, sight));
  const told = query.data?.pages.flatMap((page) => page.happenings) ?? [];
  return (
    <Section title="Timeline" aside={<Asked person={person} query={asked} />}>
      <Stack>
        <Narrowing sight={sight} apps={apps} />
        <Troubles person={person} />
        {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
        {query.isPending && <Loading what="the timeline" />}
        {query.isSuccess && told.length === 0 && !asked.isFetching && (
          <Text c="dimmed">
            {sight.kind || sight.app ? "Nothing like that" : "Nothing that happened"} is known of
            this person.
          </Text>
        )}
        <ol className="timeline" aria-label="What happened, the newest first">
          {told.map((each) => (
            <One key={each.key} happening={each} />
          ))}
        </ol>
        <More query={query} />
        <Undated person={person} sight={sight} />
      </Stack>
    </Section>
  );
}

/** When the apps were asked for what no sync reads, and a way to ask them again. */
function Asked({ person, query }: { person: Person; query: UseQueryResult<unknown> }) {
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed" role="status">
        {query.isFetching ? (
          "Asking the apps …"
        ) : (
          <>
            Asked the apps <When at={person.asked_at} never="not yet" />
          </>
        )}
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        disabled={query.isFetching}
        onClick={() => void query.refetch()}
      >
        Ask again
      </Button>
    </Group>
  );
}

function Narrowing({ sight, apps }: { sight: Sight; apps: string[] }) {
  const navigate = useNavigate();
  const show = (changes: Sight) =>
    void navigate({ to: ".", search: { ...sight, ...changes }, replace: true });
  return (
    <Group align="flex-end">
      <Chip.Group value={sight.kind ?? ""}>
        <Group gap={6} role="group" aria-label="What to show">
          <Chip value="" size="xs" onClick={() => show({ kind: undefined })}>
            Everything
          </Chip>
          {KINDS.map((kind) => (
            <Chip key={kind} value={kind} size="xs" onClick={() => show({ kind })}>
              {kindsName(kind)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {apps.length > 1 && (
        <NativeSelect
          aria-label="Of which app"
          size="xs"
          value={sight.app ?? ""}
          data={[
            { value: "", label: "All apps" },
            ...apps.map((each) => ({ value: each, label: each })),
          ]}
          onChange={(event) => show({ app: event.currentTarget.value || undefined })}
        />
      )}
    </Group>
  );
}

/** What an app could not tell: whoever reads a timeline has to know what may be missing in it. */
function Troubles({ person }: { person: Person }) {
  if (person.troubles.length === 0) return null;
  return (
    <Alert title="Not everything could be read" variant="default">
      <Stack gap={4}>
        {person.troubles.map((each) => (
          <Text size="sm" key={`${each.connection} ${each.what}`}>
            {each.connection}, {each.what === "everything" ? each.what : recordsOf(each.what)}:{" "}
            {each.sentence}
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}

function One({ happening: each }: { happening: Happening }) {
  const isChange = each.kind === "change";
  const failed = each.waits.some(({ state }) => state === "failed");
  const text = each.text && each.text !== each.title ? each.text : null;
  return (
    <li>
      <span className="dot" data-tone={isChange ? "quiet" : "busy"} aria-hidden="true" />
      <Group justify="space-between" align="baseline" gap="xs">
        <Text fw={isChange ? 400 : 500} size="sm" className="value">
          <Text span size="sm" c="dimmed" fw={400}>
            {kindName(each.kind)}:{" "}
          </Text>
          {each.title}
        </Text>
        <Text size="sm" c="dimmed">
          {each.at ? <When at={each.at} /> : "no date"}
        </Text>
      </Group>
      {text && (
        <Text size="sm" style={{ whiteSpace: "pre-line", overflowWrap: "anywhere" }}>
          {text}
        </Text>
      )}
      {!isChange && (
        <Group gap="xs">
          {statusWord(each) && <Text size="sm">{statusWord(each)}</Text>}
          {each.waits.length > 0 ? (
            <State tone={failed ? "bad" : "busy"}>{whereabouts(each)}</State>
          ) : (
            <Text size="sm" c="dimmed">
              {whereabouts(each)}
            </Text>
          )}
        </Group>
      )}
    </li>
  );
}

/** What has no time of its own, so that it stands nowhere on a timeline. */
function Undated({ person, sight }: { person: Person; sight: Sight }) {
  const { tasks, notes, appointments, opportunities, conversations, messages } = person;
  const there = [tasks, notes, appointments, opportunities, conversations, messages]
    .flat()
    .filter((each) => !each.at && (!sight.kind || each.kind === sight.kind))
    .filter((each) => !sight.app || each.connections.includes(sight.app));
  if (there.length === 0) return null;
  return (
    <Section title="Without a date">
      <ol className="timeline">
        {there.map((each) => (
          <One key={each.key} happening={each} />
        ))}
      </ol>
    </Section>
  );
}

import { Alert, NativeSelect, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { offerings, trigger as triggerOffered, triggers } from "../../../api/building";
import { flow } from "../../../api/flows";
import { type Trigger, written } from "../../../canvas/flow";
import { Address } from "./Address";
import { useBuilding } from "./context";
import { Inputs } from "./Inputs";
import { EMITS, FIRST, operationName, PRESETS, TRIGGERS } from "./words";

interface FormProps {
  trigger: Trigger;
  set: (entries: Record<string, unknown>, tag?: string) => void;
}

const text = (value: unknown) => (typeof value === "string" ? value : "");
const present = (entries: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(entries).filter(([, each]) => each !== undefined));

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

const CONTENT: Record<string, Record<string, unknown>> = {
  event: { connection: "", event: "" },
  poll: { connection: "", operation: "" },
  schedule: { cron: "0 9 * * *", zone: ZONE },
};

/** What starts a run. */
export function TriggerForm() {
  const { document, change } = useBuilding();
  const { trigger } = document;
  const told = useQuery(flow(document.id));
  const set = (entries: Record<string, unknown>, tag?: string) =>
    change(
      written(document, "trigger", present({ ...trigger, ...entries })),
      `trigger ${tag ?? Object.keys(entries).join()}`,
    );
  return (
    <Stack gap="sm">
      <NativeSelect
        label="What starts it"
        value={trigger.kind}
        data={TRIGGERS}
        onChange={(event) => {
          const kind = event.currentTarget.value;
          change(written(document, "trigger", { kind, ...CONTENT[kind] }));
        }}
      />
      {told.data?.starts && (
        <Text size="sm" c="dimmed">
          As it is saved: {told.data.starts}
        </Text>
      )}
      {(trigger.kind === "event" || trigger.kind === "poll") && (
        <WatchedForm trigger={trigger} set={set} how={trigger.kind} />
      )}
      {trigger.kind === "schedule" && <ScheduleForm trigger={trigger} set={set} />}
      {trigger.kind === "bridge" && <BridgeForm trigger={trigger} set={set} />}
      {trigger.kind === "manual" && (
        <Text size="sm">A person starts it from the flow’s page, or by a command.</Text>
      )}
    </Stack>
  );
}

function WatchedForm({ trigger, set, how }: FormProps & { how: "event" | "poll" }) {
  const connection = text(trigger.connection);
  const entry = how === "event" ? "event" : "operation";
  const watched = text(trigger[entry]);
  const offered = useQuery(offerings);
  const found = useQuery(triggers(connection));
  const names = (offered.data ?? []).filter((each) => each[how === "event" ? "events" : "polls"]);
  const data = (found.data ?? [])
    .filter((each) => each.how === how)
    .map((each) => ({
      value: each.name,
      label: how === "event" ? each.name : operationName(each.name),
    }));
  const isListed = !watched || data.some((each) => each.value === watched);
  return (
    <>
      <NativeSelect
        label="Connection"
        value={connection}
        data={["", ...new Set([...names.map((each) => each.name), connection].filter(Boolean))]}
        onChange={(event) => set({ connection: event.currentTarget.value, [entry]: "" })}
      />
      <Select
        label={how === "event" ? "Event" : "What is looked at"}
        placeholder="Search"
        data={isListed ? data : [...data, { value: watched, label: watched }]}
        value={watched || null}
        searchable
        disabled={!connection}
        limit={100}
        onChange={(name) => name && set({ [entry]: name })}
        nothingFoundMessage={found.isFetching ? "Searching…" : "Nothing fits these words."}
      />
      {how === "poll" && <PollForm trigger={trigger} set={set} />}
    </>
  );
}

function PollForm({ trigger, set }: FormProps) {
  const { problems } = useBuilding();
  const [connection, name] = [text(trigger.connection), text(trigger.operation)];
  const told = useQuery(triggerOffered(connection, "poll", name));
  return (
    <>
      <NumberInput
        label="Minutes between two looks"
        min={1}
        max={1440}
        allowDecimal={false}
        value={Number(trigger.minutes ?? 5)}
        onChange={(number) => set({ minutes: typeof number === "number" ? number : 5 })}
      />
      <NativeSelect
        label="A run starts for"
        value={text(trigger.emits) || "new_and_changed"}
        data={EMITS}
        onChange={(event) => set({ emits: event.currentTarget.value })}
      />
      <NativeSelect
        label="What is there already"
        value={text(trigger.first) || "nothing"}
        data={FIRST}
        onChange={(event) => set({ first: event.currentTarget.value })}
      />
      {told.data && told.data.inputs.length > 0 && (
        <Inputs
          key={name}
          connection={connection}
          operation={name}
          offered={told.data.inputs}
          values={(trigger.inputs as Record<string, unknown> | undefined) ?? {}}
          change={(inputs, tag) => set({ inputs }, tag)}
          problems={problems.filter((each) => each.place.startsWith("trigger"))}
        />
      )}
    </>
  );
}

function ScheduleForm({ trigger, set }: FormProps) {
  const cron = text(trigger.cron);
  const isPreset = PRESETS.some((each) => each.value === cron);
  return (
    <>
      <NativeSelect
        label="When"
        value={isPreset ? cron : "own"}
        data={[...PRESETS, { value: "own", label: "Another time, written below" }]}
        onChange={(event) =>
          event.currentTarget.value !== "own" && set({ cron: event.currentTarget.value })
        }
      />
      <TextInput
        label="In five fields"
        description="Minute, hour, day, month, weekday."
        value={cron}
        onChange={(event) => set({ cron: event.currentTarget.value })}
      />
      <Select
        label="Time zone"
        data={[
          ...new Set(["UTC", ZONE, text(trigger.zone), ...Intl.supportedValuesOf("timeZone")]),
        ]}
        value={text(trigger.zone) || null}
        searchable
        limit={100}
        onChange={(zone) => zone && set({ zone })}
      />
    </>
  );
}

function BridgeForm({ trigger, set }: FormProps) {
  const { document } = useBuilding();
  return (
    <>
      <Address flow={document.id} />
      <TextInput
        label="Keep in order by"
        description="The path of a value in what is posted, such as contact.id. It may stay empty."
        value={text(trigger.order_by)}
        onChange={(event) => set({ order_by: event.currentTarget.value || undefined })}
      />
      <Alert variant="default">It takes postings once the flow is on.</Alert>
    </>
  );
}

import { Alert, NativeSelect, NumberInput, Select, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { offerings, operation, operations, type Problem } from "../../../api/building";
import { sentenceOf } from "../../../api/client";
import { Inputs } from "./Inputs";
import type { FormProps } from "./StepForm";
import { operationName, THEN, UNKNOWN } from "./words";

const EFFECTS: Record<string, string> = {
  read: "It only reads.",
  write: "It writes.",
  destructive: "It deletes, or does what cannot be taken back.",
};

/** What an action calls, with what, and what follows when it fails. */
export function ActionForm({ step, set, problems }: FormProps & { problems: Problem[] }) {
  const connection = String(step.connection ?? "");
  const called = String(step.operation ?? "");
  const offered = useQuery(offerings);
  const told = useQuery(operation(connection, called));
  const names = (offered.data ?? []).filter((each) => each.operations > 0);
  return (
    <Stack gap="sm">
      <NativeSelect
        label="Connection"
        value={connection}
        data={["", ...new Set([...names.map((each) => each.name), connection].filter(Boolean))]}
        onChange={(event) => set({ connection: event.currentTarget.value, operation: "" })}
      />
      <OperationSelect
        connection={connection}
        value={called}
        change={(name) => set({ operation: name })}
      />
      {told.data && (
        <Text size="xs" c="dimmed">
          {told.data.title}. {EFFECTS[told.data.effect]}
        </Text>
      )}
      {told.isError && (
        <Alert variant="default" role="alert">
          {sentenceOf(told.error)}
        </Alert>
      )}
      {told.data && (
        <Inputs
          key={called}
          connection={connection}
          operation={called}
          offered={told.data.inputs}
          values={(step.inputs as Record<string, unknown> | undefined) ?? {}}
          change={(inputs, tag) => set({ inputs }, tag)}
          problems={problems}
        />
      )}
      <Failing step={step} set={set} />
    </Stack>
  );
}

function OperationSelect({
  connection,
  value,
  change,
}: {
  connection: string;
  value: string;
  change: (name: string) => void;
}) {
  const [text, setText] = useState("");
  const [words] = useDebouncedValue(text, 300);
  const isSearch = words !== operationName(value);
  const found = useQuery(operations(connection, isSearch ? words : ""));
  const data = (found.data ?? []).map((each) => ({
    value: each.name,
    label: operationName(each.name),
  }));
  const isListed = !value || data.some((each) => each.value === value);
  return (
    <Select
      label="What it does"
      placeholder="Search"
      data={isListed ? data : [...data, { value, label: operationName(value) }]}
      value={value || null}
      searchable
      disabled={!connection}
      filter={({ options }) => options}
      onSearchChange={setText}
      onChange={(name) => name && change(name)}
      nothingFoundMessage={found.isFetching ? "Searching…" : "Nothing fits these words."}
    />
  );
}

function Failing({ step, set }: FormProps) {
  const failing = (step.on_error as Record<string, unknown> | undefined) ?? {};
  const change = (entries: Record<string, unknown>) =>
    set({ on_error: { ...failing, ...entries } }, "on_error");
  const whole = (number: number | string, otherwise: number) =>
    typeof number === "number" ? number : otherwise;
  return (
    <details>
      <summary>If it fails</summary>
      <Stack gap="xs" mt="xs">
        <NativeSelect
          label="When it has failed for good"
          value={String(failing.then ?? "dead_letter")}
          data={THEN}
          onChange={(event) => change({ then: event.currentTarget.value })}
        />
        <NumberInput
          label="Attempts while the app is busy or away"
          min={1}
          max={50}
          allowDecimal={false}
          value={Number(failing.attempts ?? 8)}
          onChange={(number) => change({ attempts: whole(number, 8) })}
        />
        <NumberInput
          label="Longest wait between two, in seconds"
          min={1}
          max={86_400}
          allowDecimal={false}
          value={Number(failing.longest_wait ?? 300)}
          onChange={(number) => change({ longest_wait: whole(number, 300) })}
        />
        <NativeSelect
          label="If nobody can tell whether it was done"
          value={String(step.on_unknown ?? "ask")}
          data={UNKNOWN}
          onChange={(event) => set({ on_unknown: event.currentTarget.value })}
        />
      </Stack>
    </details>
  );
}

import { Button, Group, NativeSelect, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Problem } from "../../../api/building";
import { syncs } from "../../../api/syncs";
import { nameOf } from "../../../canvas/edits";
import { nestedOf, type Step, type Way, written } from "../../../canvas/flow";
import { ActionForm } from "./ActionForm";
import { Conditions, groupOf } from "./Conditions";
import { problemsOf, useBuilding } from "./context";
import { NameField } from "./NameField";
import { Pairs } from "./Pairs";
import { Template } from "./Template";
import { kindName, UNITS, unitOf } from "./words";

export interface FormProps {
  step: Step;
  set: (entries: Record<string, unknown>, tag?: string) => void;
}

/** What can be set of the chosen step. */
export function StepForm({ step, place }: { step: Step; place: string }) {
  const { document, change, problems } = useBuilding();
  const set = (entries: Record<string, unknown>, tag?: string) => {
    const merged = Object.entries({ ...step, ...entries }).filter(([, each]) => each !== undefined);
    const name = tag ?? Object.keys(entries).join();
    change(written(document, place, Object.fromEntries(merged)), `${place} ${name}`);
  };
  const own = problemsOf(problems, place);
  return (
    <Stack gap="sm">
      <TextInput
        label="Title"
        placeholder={kindName(step.kind)}
        value={step.title ?? ""}
        onChange={(event) => set({ title: event.currentTarget.value || undefined })}
      />
      <NameField step={step} place={place} />
      {step.kind === "action" && <ActionForm step={step} set={set} problems={own} />}
      {step.kind === "filter" && (
        <Conditions
          label="Go on only if"
          value={groupOf(step.where)}
          change={(where) => set({ where })}
          place={`${place}.where`}
          problems={own}
        />
      )}
      {step.kind === "branch" && <BranchForm step={step} set={set} place={place} problems={own} />}
      {step.kind === "for_each" && <EachForm step={step} set={set} />}
      {step.kind === "delay" && <DelayForm step={step} set={set} />}
      {step.kind === "sync_now" && <SyncForm step={step} set={set} />}
      {step.kind === "set_values" && (
        <Pairs
          label="Values, read as values.NAME"
          values={(step.values as Record<string, unknown> | undefined) ?? {}}
          change={(values) => set({ values })}
          named={(typed) => nameOf(typed, "")}
        />
      )}
    </Stack>
  );
}

interface BranchProps extends FormProps {
  place: string;
  problems: Problem[];
}

function BranchForm({ step, set, place, problems }: BranchProps) {
  const ways = (step.ways as Way[] | undefined) ?? [];
  const change = (at: number, way: Partial<Way>) =>
    set({ ways: ways.map((each, number) => (number === at ? { ...each, ...way } : each)) });
  const held = nestedOf(step, "").map((each) => each.steps.length);
  return (
    <Stack gap="sm">
      <Text size="sm">The first way whose conditions hold is taken, else “Otherwise”.</Text>
      {ways.map((way, at) => (
        <Stack key={at} gap="xs">
          <TextInput
            label={`Title of way ${at + 1}`}
            value={way.title ?? ""}
            onChange={(event) => change(at, { title: event.currentTarget.value || undefined })}
          />
          <Conditions
            label={`Way ${at + 1} is taken if`}
            value={groupOf(way.where)}
            change={(where) => change(at, { where })}
            place={`${place}.ways[${at + 1}].where`}
            problems={problems}
          />
          {ways.length > 1 && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => set({ ways: ways.toSpliced(at, 1) })}
            >
              Take way {at + 1} away{held[at] ? ` with its ${held[at]} steps` : ""}
            </Button>
          )}
        </Stack>
      ))}
      <Button
        variant="default"
        onClick={() => set({ ways: [...ways, { where: { all: [] }, steps: [] }] })}
      >
        Add a way
      </Button>
    </Stack>
  );
}

function EachForm({ step, set }: FormProps) {
  return (
    <>
      <Template
        label="The list"
        description="One field that holds a list. Its steps read each as item."
        required
        value={String(step.items ?? "")}
        change={(items) => set({ items })}
      />
      <NumberInput
        label="Fail with more items than"
        min={1}
        max={10_000}
        allowDecimal={false}
        value={Number(step.at_most ?? 1000)}
        onChange={(number) => set({ at_most: typeof number === "number" ? number : undefined })}
      />
    </>
  );
}

function DelayForm({ step, set }: FormProps) {
  const isUntil = step.until !== undefined;
  const seconds = Number(step.seconds ?? 0);
  const unit = Number(unitOf(seconds).value);
  return (
    <>
      <NativeSelect
        label="Wait"
        value={isUntil ? "until" : "for"}
        data={[
          { value: "for", label: "for some time" },
          { value: "until", label: "until a moment" },
        ]}
        onChange={(event) =>
          event.currentTarget.value === "until"
            ? set({ seconds: undefined, until: "" })
            : set({ until: undefined, seconds: 3600 })
        }
      />
      {isUntil ? (
        <Template
          label="Moment"
          description="Such as 2026-01-31T15:00:00Z, or a field that holds one."
          value={String(step.until)}
          change={(until) => set({ until })}
        />
      ) : (
        <Group gap="xs" align="flex-end">
          <NumberInput
            label="How long"
            min={1}
            allowDecimal={false}
            flex={1}
            value={seconds / unit}
            onChange={(number) => set({ seconds: Number(number) * unit })}
          />
          <NativeSelect
            aria-label="Unit of time"
            value={String(unit)}
            data={UNITS}
            onChange={(event) =>
              set({ seconds: (seconds / unit) * Number(event.currentTarget.value) })
            }
          />
        </Group>
      )}
    </>
  );
}

function SyncForm({ step, set }: FormProps) {
  const query = useQuery(syncs);
  const names = (query.data ?? []).map((each) => each.name);
  return (
    <NativeSelect
      label="Sync"
      value={String(step.sync ?? "")}
      data={["", ...new Set([...names, String(step.sync ?? "")].filter(Boolean))]}
      onChange={(event) => set({ sync: event.currentTarget.value })}
    />
  );
}

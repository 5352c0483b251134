import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";

import type { Problem } from "../../../api/building";
import { Insert } from "./Template";
import { OPERATORS } from "./words";

export interface Row {
  field: string;
  operator?: string;
  value?: unknown;
  words?: string;
}

export interface RowGroup {
  all?: (Row | RowGroup)[];
  any?: (Row | RowGroup)[];
}

const isGroup = (each: Row | RowGroup): each is RowGroup => "all" in each || "any" in each;

/** Whatever stands in the document as a group: a row alone is one, too. */
export function groupOf(where: unknown): RowGroup {
  if (typeof where !== "object" || where === null) return { all: [] };
  const group = where as RowGroup;
  if (Array.isArray(group.all) || Array.isArray(group.any)) return group;
  return "field" in where ? { all: [where as Row] } : { all: [] };
}

interface ConditionsProps {
  label: string;
  value: RowGroup;
  change: (value: RowGroup) => void;
  /** Where the group stands in the document, and what is wrong there or below. */
  place: string;
  problems: Problem[];
}

const said = (problem: Problem) => `It ${problem.what}. ${problem.fix}`;

/** Rows of field, operator and value, of which all or any have to hold; groups stand in groups. */
export function Conditions({ label, value, change, place, problems }: ConditionsProps) {
  const word = value.any ? "any" : "all";
  const rows = value[word] ?? [];
  const set = (at: number, row: Row | RowGroup) =>
    change({ [word]: rows.map((each, number) => (number === at ? row : each)) });
  const drop = (at: number) => change({ [word]: rows.toSpliced(at, 1) });
  const wrongAt = (at: string) => problems.find((each) => each.place === at);
  const own = wrongAt(place) ?? wrongAt(`${place}.${word}`);
  const add = (row: Row | RowGroup) => change({ [word]: [...rows, row] });
  return (
    <fieldset className="panel">
      <legend>{label}</legend>
      <Stack gap="xs">
        {rows.length > 1 && (
          <NativeSelect
            aria-label={`${label}: how many have to hold`}
            value={word}
            data={[
              { value: "all", label: "all of these hold" },
              { value: "any", label: "any of these holds" },
            ]}
            onChange={(event) => change({ [event.currentTarget.value]: rows })}
          />
        )}
        {rows.length === 0 && <Text c="dimmed">There is no condition yet.</Text>}
        {own && rows.length > 0 && (
          <Text size="xs" c="var(--mantine-color-error)">
            {said(own)}
          </Text>
        )}
        {rows.map((row, at) => {
          const name = `${label}, condition ${at + 1}`;
          const below = `${place}.${word}[${at + 1}]`;
          return (
            <div key={at}>
              {isGroup(row) ? (
                <Conditions
                  label={name}
                  value={row}
                  change={(group) => set(at, group)}
                  place={below}
                  problems={problems}
                />
              ) : (
                <RowForm
                  name={name}
                  row={row}
                  change={(changed) => set(at, changed)}
                  problem={wrongAt(below)}
                />
              )}
              <Button
                size="compact-xs"
                variant="subtle"
                aria-label={`Take away ${name}`}
                onClick={() => drop(at)}
              >
                Take away
              </Button>
            </div>
          );
        })}
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => add({ field: "", operator: "eq", value: "" })}
          >
            Add a condition
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => add({ any: [] })}>
            Add a group
          </Button>
        </Group>
      </Stack>
    </fieldset>
  );
}

const takesOf = (operator: string) =>
  OPERATORS.find((each) => each.value === operator)?.takes ?? "one";

/** The row with another operator, and a value that this one takes. */
export function withOperator(row: Row, operator: string): Row {
  const [before, takes] = [takesOf(row.operator ?? "eq"), takesOf(operator)];
  const { value, ...rest } = row;
  if (takes === "nothing") return { ...rest, operator };
  if (takes === "flag") return { ...rest, operator, value: true };
  if (before === takes) return { ...rest, operator, value };
  const texts = Array.isArray(value) ? value : typeof value === "string" && value ? [value] : [];
  if (takes === "several") return { ...rest, operator, value: texts };
  return { ...rest, operator, value: takes === "length" ? "7d" : (texts[0] ?? "") };
}

interface RowProps {
  name: string;
  row: Row;
  change: (row: Row) => void;
  problem?: Problem;
}

/** Which part of a row a problem is about. */
function partOf(problem: Problem, takes: string): "field" | "operator" | "value" {
  if (/\bfield\b/.test(problem.what) || takes === "nothing") return "field";
  return /\boperator that\b/.test(problem.what) ? "operator" : "value";
}

function RowForm({ name, row, change, problem }: RowProps) {
  const operator = row.operator ?? "eq";
  const part = problem && partOf(problem, takesOf(operator));
  const errorOf = (one: string) => (problem && part === one ? said(problem) : undefined);
  return (
    <Stack gap={4}>
      <TextInput
        aria-label={`${name}: field`}
        placeholder="Field, such as trigger.source"
        value={row.field}
        error={errorOf("field")}
        onChange={(event) => change({ ...row, field: event.currentTarget.value })}
        rightSectionWidth={116}
        rightSection={
          <Insert into={`${name}: field`} take={(path) => change({ ...row, field: path })} />
        }
      />
      <NativeSelect
        aria-label={`${name}: how it compares`}
        value={operator}
        error={errorOf("operator")}
        data={OPERATORS.map(({ value, label }) => ({ value, label }))}
        onChange={(event) => change(withOperator(row, event.currentTarget.value))}
      />
      <ValueForm
        name={`${name}: value`}
        row={row}
        change={change}
        takes={takesOf(operator)}
        error={errorOf("value")}
      />
    </Stack>
  );
}

interface ValueProps extends Omit<RowProps, "problem"> {
  takes: string;
  error?: string;
}

function ValueForm({ name, row, change, takes, error }: ValueProps) {
  if (takes === "nothing") return null;
  if (takes === "flag") {
    return (
      <NativeSelect
        aria-label={name}
        value={String(row.value ?? true)}
        error={error}
        data={[
          { value: "true", label: "yes" },
          { value: "false", label: "no, it is empty" },
        ]}
        onChange={(event) => change({ ...row, value: event.currentTarget.value === "true" })}
      />
    );
  }
  const text = Array.isArray(row.value) ? row.value.join(", ") : String(row.value ?? "");
  const read = (typed: string) =>
    takes === "several" ? typed.split(",").map((each) => each.trimStart()) : typed;
  return (
    <TextInput
      aria-label={name}
      placeholder={PLACEHOLDERS[takes]}
      error={error}
      value={text}
      onChange={(event) => change({ ...row, value: read(event.currentTarget.value) })}
    />
  );
}

const PLACEHOLDERS: Record<string, string> = {
  one: "Value",
  several: "Values, with commas",
  length: "Such as 7d, 90min or 1mo",
};

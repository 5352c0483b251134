import { Button, Group, JsonInput, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { choices, type InputOffered } from "../../../api/building";
import { sentenceOf } from "../../../api/client";
import { fieldName } from "../../../words/names";
import { Pairs } from "./Pairs";
import { Template } from "./Template";

interface Asked {
  connection: string;
  operation: string;
  input: string;
  inputs: Record<string, unknown>;
}

interface FieldProps {
  name: string;
  offered: InputOffered | undefined;
  value: unknown;
  /** `undefined` takes the input away. */
  change: (value: unknown) => void;
  asked: Asked;
  error?: string;
}

const SAYS: Record<string, string> = {
  number: "A number.",
  "true or false": "True or false.",
  list: "A list, with commas.",
  date: "A day, such as 2026-01-31.",
  moment: "A moment with its offset, such as 2026-01-31T15:00:00Z.",
  "date or moment": "A day or a moment.",
};

const NUMBER = /^-?\d+(\.\d+)?$/;

/** One input of an operation, in the form that fits what it takes. */
export function InputField(props: FieldProps) {
  const { name, offered, value, change } = props;
  const [isOwn, setOwn] = useState(false);
  const hasChoices = Boolean(offered?.by_name) || Boolean(offered?.allowed.length);
  const isTruth = kindOf(offered) === "true or false";
  const isText = value === undefined || typeof value !== "object";
  const isWritten = isOwn || String(value ?? "").includes("{{");
  const canChoose = (hasChoices || isTruth) && isText;
  return (
    <div>
      {canChoose && !isWritten ? <ChoiceField {...props} /> : <Written {...props} />}
      <Group gap={4}>
        {canChoose && (
          <Button size="compact-xs" variant="subtle" onClick={() => setOwn(!isWritten)}>
            {isWritten ? "Choose from a list" : "Write it or use a field"}
          </Button>
        )}
        {!offered?.required && (
          <Button
            size="compact-xs"
            variant="subtle"
            aria-label={`Take away ${fieldName(name)}`}
            onClick={() => change(undefined)}
          >
            Take away
          </Button>
        )}
      </Group>
    </div>
  );
}

const kindOf = (offered: InputOffered | undefined) => String(offered?.shape.kind ?? "anything");

function ChoiceField({ name, offered, value, change, asked, error }: FieldProps) {
  const [text, setText] = useState("");
  const [words] = useDebouncedValue(text, 300);
  const isByName = Boolean(offered?.by_name) && asked.connection !== "";
  const query = useQuery(choices(asked.connection, { ...narrowing(asked), text: words }, isByName));
  const isTruth = kindOf(offered) === "true or false";
  const fixed = isTruth
    ? TRUTHS
    : (offered?.allowed ?? []).map((each) => ({ value: each, label: each }));
  const found = isByName
    ? unique((query.data ?? []).map((each) => ({ value: each.id, label: each.name })))
    : fixed;
  const held = value === undefined || value === "" ? null : String(value);
  const isListed = held === null || found.some((each) => each.value === held);
  return (
    <Select
      label={fieldName(name)}
      withAsterisk={offered?.required}
      data={isListed ? found : [...found, { value: held, label: held }]}
      value={held}
      searchable
      clearable={!offered?.required}
      onSearchChange={isByName ? setText : undefined}
      filter={isByName ? ({ options }) => options : undefined}
      onChange={(chosen) => change(isTruth && chosen ? chosen === "true" : (chosen ?? ""))}
      nothingFoundMessage={query.isFetching ? "Asking the app…" : "Nothing of this name is there."}
      error={error ?? (query.error ? sentenceOf(query.error) : undefined)}
    />
  );
}

const TRUTHS = [
  { value: "true", label: "Yes" },
  { value: "false", label: "No" },
];

interface Option {
  value: string;
  label: string;
}

const unique = (options: Option[]) => [
  ...new Map(options.map((each) => [each.value, each])).values(),
];

/** What narrows a choice (a stage by its pipeline) has to be known before a run: no expressions. */
const narrowing = ({ operation, input, inputs }: Asked) => ({
  operation,
  input,
  inputs: Object.fromEntries(
    Object.entries(inputs).filter(
      ([name, each]) =>
        name !== input && typeof each === "string" && each !== "" && !each.includes("{{"),
    ),
  ),
});

function Written({ name, offered, value, change, error }: FieldProps) {
  const label = fieldName(name);
  const kind = kindOf(offered);
  if (name === "customFields" && !Array.isArray(value)) {
    // by their names: the server puts ids in their place. facts: docs/reference/flow.md
    return <Pairs label={label} values={pairsOf(value)} change={change} />;
  }
  if (typeof value === "object" && value !== null && !isTexts(value)) {
    return <Json label={label} value={value} change={change} error={error} />;
  }
  if (kind === "object" && !String(value ?? "").includes("{{")) {
    return <Json label={label} value={value ?? {}} change={change} error={error} />;
  }
  const text = isTexts(value) ? value.join(", ") : String(value ?? "");
  return (
    <Template
      label={label}
      description={SAYS[kind]}
      required={offered?.required}
      error={error}
      value={text}
      change={(typed) => change(kind === "number" && NUMBER.test(typed) ? Number(typed) : typed)}
    />
  );
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string" && !each.includes(","));

const pairsOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

function Json({
  label,
  value,
  change,
  error,
}: {
  label: string;
  value: unknown;
  change: (value: unknown) => void;
  error?: string;
}) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  return (
    <JsonInput
      label={label}
      description="As JSON. Fields can stand in its texts."
      autosize
      maxRows={14}
      formatOnBlur
      validationError="This is no JSON: it is not taken over."
      error={error}
      value={text}
      onChange={(typed) => {
        setText(typed);
        try {
          change(JSON.parse(typed));
        } catch {
          // half-typed: the field says so by itself
        }
      }}
    />
  );
}

import { Select, Stack } from "@mantine/core";

import type { InputOffered, Problem } from "../../../api/building";
import { fieldName } from "../../../words/names";
import { InputField } from "./InputField";

type Values = Record<string, unknown>;

interface InputsProps {
  connection: string;
  operation: string;
  offered: InputOffered[];
  values: Values;
  change: (values: Values, tag: string) => void;
  problems: Problem[];
}

/** What an operation takes: what it needs, what was given, and a way to give more. */
export function Inputs({ connection, operation, offered, values, change, problems }: InputsProps) {
  const known = new Map(offered.map((each) => [each.name, each]));
  const needed = offered.filter((each) => each.required).map((each) => each.name);
  const shown = [...new Set([...needed, ...Object.keys(values)])];
  const more = offered.filter((each) => !shown.includes(each.name)).map((each) => each.name);
  const set = (name: string, value: unknown) => {
    const rest = Object.entries(values).filter(([each]) => each !== name);
    const left = value === undefined ? Object.fromEntries(rest) : { ...values, [name]: value };
    change(left, `input ${name}`);
  };
  return (
    <Stack gap="sm">
      {shown.map((name) => (
        <InputField
          key={name}
          name={name}
          offered={known.get(name)}
          value={values[name]}
          change={(value) => set(name, value)}
          asked={{ connection, operation, input: name, inputs: values }}
          error={problemOf(problems, name)}
        />
      ))}
      {more.length > 0 && (
        <Select
          key={shown.length}
          label="Give more"
          placeholder={`${more.length} more can be given`}
          data={more.map((name) => ({ value: name, label: fieldName(name) }))}
          searchable
          value={null}
          onChange={(name) => name && set(name, "")}
        />
      )}
    </Stack>
  );
}

function problemOf(problems: Problem[], name: string): string | undefined {
  const found = problems.find((each) =>
    new RegExp(`\\.inputs\\.${name.replace(/[^\w]/g, "\\$&")}(?![\\w])`).test(each.place),
  );
  return found && `It ${found.what}. ${found.fix}`;
}

import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useState } from "react";

import { Template } from "./Template";

type Values = Record<string, unknown>;

interface PairsProps {
  label: string;
  values: Values;
  change: (values: Values) => void;
  /** Makes a name of what somebody types; without it every name will do. */
  named?: (typed: string) => string;
}

/** Values under names that a person chooses. */
export function Pairs({ label, values, change, named }: PairsProps) {
  const [name, setName] = useState("");
  const add = () => {
    const chosen = named ? named(name.trim()) : name.trim();
    if (!chosen || chosen in values) return;
    change({ ...values, [chosen]: "" });
    setName("");
  };
  const drop = (gone: string) =>
    change(Object.fromEntries(Object.entries(values).filter(([each]) => each !== gone)));
  return (
    <fieldset className="panel">
      <legend>{label}</legend>
      <Stack gap="xs">
        {Object.entries(values).map(([each, value]) => (
          <div key={each}>
            <Template
              label={each}
              value={typeof value === "string" ? value : JSON.stringify(value)}
              change={(typed) => change({ ...values, [each]: typed })}
            />
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`Take away ${each}`}
              onClick={() => drop(each)}
            >
              Take away
            </Button>
          </div>
        ))}
        <Group gap="xs" align="flex-end">
          <TextInput
            label="Another name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Enter" && add()}
            flex={1}
          />
          <Button variant="default" onClick={add} disabled={!name.trim()}>
            Add
          </Button>
        </Group>
      </Stack>
    </fieldset>
  );
}

import { Checkbox, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";

import { fieldName } from "../../../words/names";
import { type FieldShown, type MapLine, stepsOf, turningOf, withSteps } from "./rows";
import type { Trial } from "./trying";
import { Words } from "./Words";

interface TurningProps {
  line: MapLine;
  a?: FieldShown;
  b?: FieldShown;
  /** What the two apps are called. */
  names: Record<"a" | "b", string>;
  trial?: Trial;
  replace: (line: MapLine, tag?: string) => void;
}

/** Everything about a line that is seldom set: its steps or words, emptied values, a live preview. */
export function Turning({ line, a, b, names, trial, replace }: TurningProps) {
  const turning = turningOf(line);
  return (
    <Stack gap="sm" p="xs" component="section" aria-label={`More about ${fieldName(line.a)}`}>
      {(turning === "to_a" || turning === "to_b") && (
        <StepsForm line={line} side={turning} replace={replace} />
      )}
      {turning === "value_map" && (
        <Words
          line={line}
          seen={{ a: a?.words ?? [], b: b?.words ?? [] }}
          names={names}
          replace={replace}
        />
      )}
      <Checkbox
        label="An emptied field empties the other one, too"
        checked={line.clears}
        onChange={(event) => replace({ ...line, clears: event.currentTarget.checked })}
      />
      <Arrivals trial={trial} names={names} />
    </Stack>
  );
}

const TIDYINGS = [
  { value: "", label: "nothing" },
  { value: "lower", label: "small letters" },
  { value: "upper", label: "CAPITALS" },
  { value: "title", label: "First Letters Large" },
  { value: "digits", label: "digits only" },
];

function StepsForm({
  line,
  side,
  replace,
}: {
  line: MapLine;
  side: "to_a" | "to_b";
  replace: TurningProps["replace"];
}) {
  const steps = stepsOf(line, side);
  const label = fieldName(line.a);
  const set = (changes: Partial<typeof steps>) =>
    replace(withSteps(line, side, { ...steps, ...changes }), Object.keys(changes).join());
  return (
    <Group align="flex-end" gap="sm">
      <NativeSelect
        label="Written as"
        aria-label={`${label} is written as`}
        value={steps.tidying}
        data={TIDYINGS}
        onChange={(event) => set({ tidying: event.currentTarget.value })}
      />
      <TextInput
        label="With this in front"
        aria-label={`In front of ${label}`}
        value={steps.prefix}
        onChange={(event) => set({ prefix: event.currentTarget.value })}
      />
      <TextInput
        label="With this behind"
        aria-label={`Behind ${label}`}
        value={steps.suffix}
        onChange={(event) => set({ suffix: event.currentTarget.value })}
      />
      {steps.tidying && (
        <Text size="sm" c="dimmed">
          Nobody can take this back, so it travels one way alone.
        </Text>
      )}
    </Group>
  );
}

const FATES = {
  arrives: "",
  left: "it is no word of the list: both sides stay as they are",
  waits: "it is no word of the list: the record waits in Review",
};

function Arrivals({ trial, names }: Pick<TurningProps, "trial" | "names">) {
  const found = trial?.arrivals ?? [];
  if (found.length === 0) return null;
  return (
    <table className="arrivals" aria-label="With values of today">
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">Value of today</th>
          <th scope="col">Arrives as</th>
        </tr>
      </thead>
      <tbody>
        {found.map((each) => (
          <tr key={`${each.start} ${each.value}`}>
            <td>{names[each.start]}</td>
            <td>{each.value}</td>
            <td>{FATES[each.fate] || (each.there ?? "empty")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

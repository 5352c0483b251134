import { Button, Group, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { flows } from "../../api/flows";
import { runCounts } from "../../api/runs";
import { syncs } from "../../api/syncs";
import { formatNumber } from "../../words/format";
import { runStand } from "../../words/runs";
import { RUN_STATES, type RunSearch, SYNC_STATES } from "./search";

interface FiltersProps {
  search: RunSearch;
  look: (changes: Partial<RunSearch>) => void;
}

export function SyncFilters({ search, look }: FiltersProps) {
  const known = useQuery(syncs);
  return (
    <Group align="flex-end" role="search" aria-label="Which runs">
      <NativeSelect
        label="Of which sync?"
        value={search.sync ?? ""}
        data={[
          { value: "", label: "every sync" },
          ...(known.data ?? []).map(({ name }) => ({ value: name, label: name })),
        ]}
        onChange={(event) => look({ sync: event.currentTarget.value || undefined })}
      />
      <NativeSelect
        label="In which state?"
        value={search.state ?? ""}
        data={[
          { value: "", label: "any" },
          ...SYNC_STATES.map((each) => ({ value: each, label: runStand(each).word })),
        ]}
        onChange={(event) =>
          look({ state: SYNC_STATES.find((each) => each === event.currentTarget.value) })
        }
      />
      <Days search={search} look={look} />
    </Group>
  );
}

export function FlowFilters({ search, look }: FiltersProps) {
  const known = useQuery(flows);
  const counted = useQuery(runCounts(search.flow));
  const named = (state: (typeof RUN_STATES)[number]) => {
    const number = counted.data?.[state];
    return `${runStand(state).word}${number ? ` (${formatNumber(number)})` : ""}`;
  };
  return (
    <Group align="flex-end" role="search" aria-label="Which runs">
      <NativeSelect
        label="Of which flow?"
        value={search.flow ?? ""}
        data={[
          { value: "", label: "every flow" },
          ...(known.data ?? []).map((each) => ({
            value: each.name,
            label: each.title ?? each.name,
          })),
        ]}
        onChange={(event) => look({ flow: event.currentTarget.value || undefined })}
      />
      <NativeSelect
        label="In which state?"
        value={search.states ?? ""}
        data={[
          { value: "", label: "any" },
          ...RUN_STATES.map((each) => ({ value: each, label: named(each) })),
        ]}
        onChange={(event) =>
          look({ states: RUN_STATES.find((each) => each === event.currentTarget.value) })
        }
      />
      <Days search={search} look={look} />
      <Words label="With which text?" value={search.text} set={(text) => look({ text })} />
      <Words label="Of which record?" value={search.record} set={(record) => look({ record })} />
      {search.replay && (
        <Button variant="default" onClick={() => look({ replay: undefined })}>
          Only those done again together: show all
        </Button>
      )}
    </Group>
  );
}

function Days({ search, look }: FiltersProps) {
  return (
    <>
      <TextInput
        type="date"
        label="From which day?"
        value={search.from ?? ""}
        max={search.to}
        onChange={(event) => look({ from: event.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        label="To which day?"
        value={search.to ?? ""}
        min={search.from}
        onChange={(event) => look({ to: event.currentTarget.value || undefined })}
      />
    </>
  );
}

const PAUSE = 400;

/** A text that is looked for once whoever types it pauses. */
function Words({
  label,
  value,
  set,
}: {
  label: string;
  value: string | undefined;
  set: (value: string | undefined) => void;
}) {
  const [typed, setTyped] = useState(value ?? "");
  const [known, setKnown] = useState(value);
  if (known !== value) {
    // the address says something else now
    setKnown(value);
    setTyped(value ?? "");
  }
  const later = useDebouncedCallback((text: string) => set(text.trim() || undefined), PAUSE);
  return (
    <TextInput
      label={label}
      value={typed}
      maxLength={200}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        later(event.currentTarget.value);
      }}
    />
  );
}

import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { choices } from "../../api/activity";
import { actorName, nounName } from "../../words/audit";
import type { ActivitySearch } from "./search";

const PAUSE = 300; // milliseconds after the last letter

/** Whose changes, of what, when, and with which text. */
export function Filters({
  search,
  look,
}: {
  search: ActivitySearch;
  look: (changes: Partial<ActivitySearch>) => void;
}) {
  const known = useQuery(choices);
  const [text, setText] = useState(search.text ?? "");
  const lookFor = useDebouncedCallback(
    (words: string) => look({ text: words || undefined }),
    PAUSE,
  );
  const all = (label: string, named: (value: string) => string, found: string[] = []) => [
    { value: "", label },
    ...found.map((value) => ({ value, label: named(value) })),
  ];
  const withChosen = (found: string[] = [], chosen?: string) => [
    ...new Set(chosen ? [...found, chosen] : found),
  ];
  return (
    <Group align="flex-end" gap="sm">
      <NativeSelect
        label="Who"
        value={search.who ?? ""}
        data={all("everybody", actorName, withChosen(known.data?.actors, search.who))}
        onChange={(event) => look({ who: event.currentTarget.value || undefined })}
      />
      <NativeSelect
        label="Kind of thing"
        value={search.kind ?? ""}
        data={all("anything", nounName, withChosen(known.data?.nouns, search.kind))}
        onChange={(event) => look({ kind: event.currentTarget.value || undefined })}
      />
      <TextInput
        label="From"
        type="date"
        value={search.from ?? ""}
        onChange={(event) => look({ from: event.currentTarget.value || undefined })}
      />
      <TextInput
        label="To"
        type="date"
        value={search.to ?? ""}
        onChange={(event) => look({ to: event.currentTarget.value || undefined })}
      />
      <TextInput
        label="With the text"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          lookFor(event.currentTarget.value);
        }}
      />
    </Group>
  );
}

import { Button, Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";

import { items, itemsFile, type ItemsWanted, sampleOf } from "../../api/syncs";
import { More } from "../../components/More";
import { Section } from "../../components/Page";
import { Failed, Loading } from "../../components/Waiting";
import { formatNumber } from "../../words/format";
import { asItem, type Ends } from "../../words/plans";
import { Diff } from "./Diff";

const PAUSE = 300; // milliseconds after the last letter
const LONGEST = 200;

interface ItemsProps {
  id: string;
  ends: Ends;
  /** Which items are shown alone. */
  wanted: ItemsWanted;
  look: (changes: Partial<ItemsWanted>) => void;
  /** The kinds there are. */
  kinds: string[];
}

/** What happens record by record: all of it page after page, a few of each kind, or as a file. */
export function Items({ id, ends, wanted, look, kinds }: ItemsProps) {
  const { what, text } = wanted;
  const [typed, setTyped] = useState(text ?? "");
  const lookFor = useDebouncedCallback(
    (words: string) => look({ text: words.trim() || undefined }),
    PAUSE,
  );
  const [isSample, setSample] = useState(false);
  const query = useInfiniteQuery({ ...items(id, wanted), enabled: !isSample });
  const sample = useQuery({ ...sampleOf(id, what ? [what] : kinds, text), enabled: isSample });
  const told = isSample ? sample : query;
  const raw = isSample
    ? (sample.data ?? [])
    : (query.data?.pages.flatMap((page) => page.items) ?? []);
  const shown = raw.map(asItem);
  return (
    <Section
      title="Record by record"
      aside={
        <Button component="a" variant="default" size="xs" href={itemsFile(id, wanted)} download>
          Save as CSV
        </Button>
      }
    >
      <Stack gap="sm">
        <Group align="flex-end">
          <TextInput
            label="Show only those that hold"
            placeholder="a name, a field or a value"
            maxLength={LONGEST}
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              lookFor(event.currentTarget.value);
            }}
            w={320}
          />
          <Switch
            label="Only a few of each kind"
            checked={isSample}
            onChange={(event) => setSample(event.currentTarget.checked)}
            pb={8}
          />
        </Group>
        {told.isPending && <Loading what="the records" />}
        {told.isError && <Failed error={told.error} again={() => void told.refetch()} />}
        {told.isSuccess && (shown.length > 0 || !text) && <Diff items={shown} ends={ends} />}
        {told.isSuccess && shown.length === 0 && text && (
          <Text c="dimmed">Nothing here holds that.</Text>
        )}
        <Text size="sm" c="dimmed" role="status">
          {formatNumber(shown.length)} shown.
        </Text>
        {!isSample && <More query={query} label="Show more" />}
      </Stack>
    </Section>
  );
}

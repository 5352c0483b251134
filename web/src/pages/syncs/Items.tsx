import { Button, Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { items, itemsFile, sampleOf } from "../../api/syncs";
import { More } from "../../components/More";
import { Section } from "../../components/Page";
import { Failed, Loading } from "../../components/Waiting";
import { formatNumber } from "../../words/format";
import { asItem, type Ends, holds } from "../../words/plans";
import { Diff } from "./Diff";

interface ItemsProps {
  id: string;
  ends: Ends;
  /** The kind of items that is shown alone. */
  what?: string;
  /** The kinds there are. */
  kinds: string[];
}

/** What happens record by record: all of it page after page, a few of each kind, or as a file. */
export function Items({ id, ends, what, kinds }: ItemsProps) {
  const [words, setWords] = useState("");
  const [isSample, setSample] = useState(false);
  const query = useInfiniteQuery({ ...items(id, what), enabled: !isSample });
  const sample = useQuery({ ...sampleOf(id, what ? [what] : kinds), enabled: isSample });
  const told = isSample ? sample : query;
  const raw = isSample
    ? (sample.data ?? [])
    : (query.data?.pages.flatMap((page) => page.items) ?? []);
  const shown = raw.map(asItem).filter((each) => holds(each, words));
  const more = !isSample && query.hasNextPage;
  return (
    <Section
      title="Record by record"
      aside={
        <Button component="a" variant="default" size="xs" href={itemsFile(id, what)} download>
          Save as CSV
        </Button>
      }
    >
      <Stack gap="sm">
        <Group align="flex-end">
          <TextInput
            label="Show only those that hold"
            placeholder="a name, a field or a value"
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
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
        {told.isSuccess && <Diff items={shown} ends={ends} />}
        <Text size="sm" c="dimmed" role="status">
          {formatNumber(shown.length)} shown{more && words && ", of those loaded so far"}.
        </Text>
        {!isSample && <More query={query} label="Show more" />}
      </Stack>
    </Section>
  );
}

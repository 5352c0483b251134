import { Button, NumberInput, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Schemas } from "../../api/client";
import { brakes, setBrakes, type SyncDetail } from "../../api/syncs";
import { Section } from "../../components/Page";
import { say } from "../../components/toast";
import { Failed, Loaded } from "../../components/Waiting";

/** When a sync stops by itself and waits for a person, in plain words. */
export function BrakesForm({ sync }: { sync: SyncDetail }) {
  const query = useQuery(brakes(sync.name));
  return (
    <Section title="When it stops by itself">
      <Loaded query={query} what="the limits">
        {(found) => <Form sync={sync} stored={found} />}
      </Loaded>
    </Section>
  );
}

function Form({ sync, stored }: { sync: SyncDetail; stored: Schemas["BrakesView"] }) {
  const [limits, setLimits] = useState(stored);
  const cache = useQueryClient();
  const saved = useMutation({
    mutationFn: () => setBrakes(sync.name, limits),
    onSuccess: async () => {
      say("The limits are saved.");
      await cache.invalidateQueries();
    },
  });
  const set = (changes: Partial<Schemas["BrakesView"]>) =>
    setLimits((old) => ({ ...old, ...changes }));
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        A run that would do more than this does nothing at all, says so, and waits for you. It also
        stops when one of the apps suddenly has nothing left.
      </Text>
      <NumberInput
        label="Records a run may change in any case"
        min={0}
        value={limits.min_changes}
        onChange={(value) => set({ min_changes: Number(value) })}
      />
      <NumberInput
        label="or this share of all linked ones, if that is more"
        suffix=" %"
        min={0}
        max={100}
        value={Math.round(limits.max_share * 100)}
        onChange={(value) => set({ max_share: Number(value) / 100 })}
      />
      <NumberInput
        label="Records a run may delete in any case"
        min={0}
        value={limits.min_deletes}
        onChange={(value) => set({ min_deletes: Number(value) })}
      />
      <NumberInput
        label="or this share of all linked ones, if that is more"
        suffix=" %"
        min={0}
        max={100}
        value={Math.round((limits.max_delete_share ?? 0) * 100)}
        onChange={(value) => set({ max_delete_share: Number(value) / 100 })}
      />
      <NumberInput
        label="How often one record may change in an hour"
        description="More than this looks like another tool that keeps changing it back."
        min={1}
        value={limits.per_record_per_hour}
        onChange={(value) => set({ per_record_per_hour: Number(value) })}
      />
      {saved.isError && <Failed error={saved.error} />}
      <Button w="fit-content" onClick={() => saved.mutate()} loading={saved.isPending}>
        Save the limits
      </Button>
    </Stack>
  );
}

import { Text } from "@mantine/core";

import { formatAgo, formatMoment, zone } from "../words/format";

/** A moment: how long ago, and in full (with the zone) for whoever points at it or listens. */
export function When({ at, never = "never" }: { at: string | null | undefined; never?: string }) {
  if (!at) return <>{never}</>;
  const full = `${formatMoment(at)} (${zone})`;
  return (
    <time dateTime={at} title={full}>
      {formatAgo(at)}
    </time>
  );
}

/** Says once in which zone a page's times are. */
export function ZoneNote() {
  return (
    <Text size="xs" c="dimmed">
      Times are in your time zone, {zone}.
    </Text>
  );
}

import { Button } from "@mantine/core";

interface Paged {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** Brings the next page of a list whose newest lines come first. */
export function Earlier({ query }: { query: Paged }) {
  if (!query.hasNextPage) return null;
  return (
    <Button
      variant="default"
      size="xs"
      w="fit-content"
      loading={query.isFetchingNextPage}
      onClick={() => void query.fetchNextPage()}
    >
      Show earlier ones
    </Button>
  );
}

import { Alert, Button, Loader, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";

import { sentenceOf } from "../api/client";

/** What stands where something is still being loaded. */
export function Loading({ what }: { what: string }) {
  return (
    <Stack gap="sm" role="status" aria-label={`Loading ${what}`}>
      <Skeleton height={18} width="40%" />
      <Skeleton height={18} />
      <Skeleton height={18} width="80%" />
    </Stack>
  );
}

/** A job that takes a while: it says what is being done. */
export function Working({ children }: { children: React.ReactNode }) {
  return (
    <Alert icon={<Loader size="xs" />} role="status" variant="default">
      {children}
    </Alert>
  );
}

/** What went wrong, in the server's own sentence, and a way to try again. */
export function Failed({ error, again }: { error: unknown; again?: () => void }) {
  return (
    <Alert title="That did not work" variant="default" role="alert" className="failed">
      <Stack gap="xs" align="flex-start">
        <Text style={{ whiteSpace: "pre-line" }}>{sentenceOf(error)}</Text>
        {again && (
          <Button variant="default" size="xs" onClick={again}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** What stands where there is nothing yet: why, and what to do first. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: React.ReactNode;
  action?: React.ReactNode;
}) {
  return (
    <Stack className="panel" gap="xs" align="flex-start">
      <Title order={2} size="h4">
        {title}
      </Title>
      {children && <Text c="dimmed">{children}</Text>}
      {action}
    </Stack>
  );
}

/** Show what a query brought; until then that it loads, or why it failed. */
export function Loaded<T>({
  query,
  what,
  children,
}: {
  query: UseQueryResult<T>;
  what: string;
  children: (data: T) => React.ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />;
  return <Loading what={what} />;
}

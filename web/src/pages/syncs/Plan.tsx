import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { Refusal } from "../../api/client";
import { items, itemsPage, plan, release, run, sync, type SyncDetail } from "../../api/syncs";
import { useConfirm } from "../../components/confirm";
import { Page, Section } from "../../components/Page";
import { say, sayFailed } from "../../components/toast";
import { Failed, Loaded, Loading } from "../../components/Waiting";
import { formatNumber } from "../../words/format";
import { asItem, doesSomething, type Ends, figures, holds, toCsv } from "../../words/plans";
import { Diff } from "./Diff";
import { PreviewButton } from "./PreviewButton";

/** A stored plan: what a run would do, or what takes one back. Nothing is written by looking. */
export function PlanPage() {
  const { name = "", plan: id = "" } = useParams({ strict: false });
  const shown = useQuery(plan(id));
  const of = useQuery(sync(name));
  const isUndo = shown.data?.kind === "undo";
  return (
    <Page
      title={isUndo ? `Undo a run of ${name}` : `Preview of ${name}`}
      back={{ to: `/syncs/${name}`, label: name }}
      about={
        isUndo
          ? "This is what would be taken back. Nothing has been written yet."
          : "This is what a run would do now. Nothing has been written yet."
      }
    >
      <Loaded query={of} what="the sync">
        {(found) => (
          <Loaded query={shown} what="what would happen">
            {(told) => (
              <Whole sync={found} id={id} counts={told.counts} state={told.state} undo={isUndo} />
            )}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

interface WholeProps {
  sync: SyncDetail;
  id: string;
  counts: Record<string, number>;
  state: string;
  undo: boolean;
}

function Whole({ sync: of, id, counts, state, undo }: WholeProps) {
  const ends: Ends = { a: of.a, b: of.b };
  const [what, setWhat] = useState<string>();
  const told = figures(counts, ends);
  return (
    <Stack gap="lg">
      <Group gap="xs" role="group" aria-label="Show only">
        {told.map((each) => (
          <Button
            key={each.label}
            variant="default"
            disabled={!each.what}
            aria-pressed={each.what !== undefined && each.what === what}
            onClick={() => setWhat(each.what === what ? undefined : each.what)}
          >
            <Text span fw={600} mr={6} className="numbers">
              {each.value}
            </Text>
            {each.label}
          </Button>
        ))}
      </Group>
      {!doesSomething(counts) && (
        <Alert
          title={undo ? "There is nothing to take back" : "Nothing has to be done"}
          variant="default"
        >
          {undo
            ? "What that run wrote has been changed since, or was taken back already."
            : "Both apps agree already, as far as this sync's rules go."}
        </Alert>
      )}
      {state === "ended" ? (
        <Alert title="This has been carried out" variant="default">
          What came of it stands among the runs of {of.name}.
        </Alert>
      ) : (
        <CarryOut sync={of} id={id} counts={counts} undo={undo} />
      )}
      <Items id={id} ends={ends} what={what} name={of.name} />
    </Stack>
  );
}

function CarryOut({ sync: of, id, counts, undo }: Omit<WholeProps, "state">) {
  const [ask, dialog] = useConfirm();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const isHeld = of.state !== "active";
  const done = useMutation({
    mutationFn: () => approve(of, id),
    onSuccess: async () => {
      say(undo ? "The run is being taken back." : "It is being carried out.");
      await cache.invalidateQueries();
      await navigate({ to: "/syncs/$name", params: { name: of.name } });
    },
    onError: sayFailed,
  });
  if (!doesSomething(counts) && !isHeld) return null;
  const yes = undo ? "Take it back" : isHeld ? "Turn it on with exactly this" : "Do exactly this";
  const sentence = figures(counts, { a: of.a, b: of.b })
    .map((each) => `${each.value} ${each.label}`)
    .join(", ");
  return (
    <Group>
      {dialog}
      <Button
        loading={done.isPending}
        onClick={() =>
          ask({
            title: `${yes}?`,
            happens: `${sentence || "Nothing to write now"}. Whatever changed in an app since this was worked out is left alone and told afterwards.${isHeld ? ` Then ${of.name} goes on by itself.` : ""}${undo ? "" : " The run can be undone."}`,
            yes,
            act: () => done.mutate(),
          })
        }
      >
        {yes}
      </Button>
      {!undo && <PreviewButton sync={of.name} label="Work it out anew" variant="default" />}
    </Group>
  );
}

/** Approve a plan; one of a sync that is held is kept by the server and done on its release. */
async function approve(of: SyncDetail, id: string): Promise<void> {
  try {
    await run(of.name, id);
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "NeedsPerson" || of.state === "active") {
      throw error;
    }
    await release(of.name);
  }
}

function Items({ id, ends, what, name }: { id: string; ends: Ends; what?: string; name: string }) {
  const query = useInfiniteQuery(items(id, what));
  const [words, setWords] = useState("");
  const all = query.data?.pages.flatMap((page) => page.items.map(asItem)) ?? [];
  const shown = all.filter((each) => holds(each, words));
  const more = query.hasNextPage;
  return (
    <Section
      title="Record by record"
      aside={
        <Button
          variant="default"
          size="xs"
          onClick={() => void download(id, ends, name, what)}
          disabled={all.length === 0}
        >
          Save as CSV
        </Button>
      }
    >
      <Stack gap="sm">
        <TextInput
          label="Show only those that hold"
          placeholder="a name, a field or a value"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          maw={360}
        />
        {query.isPending && <Loading what="the records" />}
        {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
        {query.isSuccess && <Diff items={shown} ends={ends} />}
        <Text size="sm" c="dimmed" role="status">
          {formatNumber(shown.length)} shown{more && words && ", of those loaded so far"}.
        </Text>
        {more && (
          <Button
            variant="default"
            w="fit-content"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Show more
          </Button>
        )}
      </Stack>
    </Section>
  );
}

async function download(id: string, ends: Ends, name: string, what?: string): Promise<void> {
  try {
    const found = await allItems(id, what);
    const file = new Blob([toCsv(found.map(asItem), ends)], { type: "text/csv" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = `${name}-preview.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  } catch (error) {
    sayFailed(error);
  }
}

async function allItems(id: string, what?: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  let after: number | null = 0;
  while (after !== null) {
    const page: Awaited<ReturnType<typeof itemsPage>> = await itemsPage(id, after, 1000, what);
    found.push(...page.items);
    after = page.next;
  }
  return found;
}

import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";

import { Refusal } from "../../api/client";
import { type ItemsWanted, plan, release, run, sync, type SyncDetail } from "../../api/syncs";
import { useConfirm } from "../../components/confirm";
import { Page } from "../../components/Page";
import { say, sayFailed } from "../../components/toast";
import { Loaded } from "../../components/Waiting";
import { doesSomething, type Ends, figures } from "../../words/plans";
import { Only } from "../../components/Only";
import { Items } from "./Items";
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
  const wanted: ItemsWanted = useSearch({ strict: false });
  const { what } = wanted;
  const navigate = useNavigate();
  const look = (changes: Partial<ItemsWanted>) =>
    void navigate({
      to: "/syncs/$name/plans/$plan",
      params: { name: of.name, plan: id },
      search: { ...wanted, ...changes },
      replace: true,
    });
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
            onClick={() => look({ what: each.what === what ? undefined : each.what })}
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
        <Only>
          <CarryOut sync={of} id={id} counts={counts} undo={undo} />
        </Only>
      )}
      <Items
        id={id}
        ends={ends}
        wanted={wanted}
        look={look}
        kinds={told.flatMap((each) => each.what ?? [])}
      />
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

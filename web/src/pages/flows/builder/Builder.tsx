import "./builder.css";

import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";

import { flowDocument, type Problem } from "../../../api/building";
import { flow } from "../../../api/flows";
import { queries } from "../../../api/queries";
import { inserted, made, moved, type Edited, type Piece, spotAfter } from "../../../canvas/edits";
import {
  allSteps,
  type FlowDocument,
  isShown,
  type Spot,
  stepAt,
  TRIGGER,
} from "../../../canvas/flow";
import { Page } from "../../../components/Page";
import { Empty, Failed, Loaded } from "../../../components/Waiting";
import { Canvas } from "./Canvas";
import { BuildingProvider } from "./context";
import { type Draft, useDraft } from "./draft";
import { keyOf, useKeys } from "./keys";
import { Palette, PALETTE_SEARCH } from "./Palette";
import { Panel, PANEL_TITLE, Problems } from "./Panel";
import { Publish } from "./Publish";
import { TestForm } from "./TestForm";
import { Toolbar } from "./Toolbar";

export function BuilderPage() {
  const { name = "" } = useParams({ strict: false });
  // a key of its own: what is saved meanwhile must not begin the builder anew
  const query = useQuery({
    queryKey: ["flow-builder", name],
    queryFn: () => queries.fetchQuery({ ...flowDocument(name), staleTime: 0 }),
    staleTime: Infinity,
    gcTime: 0,
  });
  const told = useQuery(flow(name));
  const title = told.data?.title ?? name;
  return (
    <Loaded query={query} what="the flow">
      {(document) =>
        isShown(document) ? (
          <Builder key={name} initial={document} title={title} />
        ) : (
          <Page title={title} back={{ to: `/flows/${name}`, label: title }}>
            <Empty title="This draft cannot be shown as a picture">
              It has no trigger or no list of steps. Put it right where it was made, or take an
              older version.
            </Empty>
          </Page>
        )
      }
    </Loaded>
  );
}

const focus = (id: string) => window.document.getElementById(id)?.focus();

function Builder({ initial, title }: { initial: FlowDocument; title: string }) {
  const draft = useDraft(initial);
  const { document, change, problems } = draft;
  const [wanted, choose] = useState(TRIGGER);
  const [target, setTarget] = useState<Spot | null>(null);
  const [tidied, setTidied] = useState(0);
  // an undo may have taken the chosen step away
  const chosen = stepAt(document, wanted) ? wanted : TRIGGER;
  const edit = (edited: Edited | null) => {
    if (edited === null) return;
    change(edited.document);
    choose(edited.place);
  };
  const add = (piece: Piece, spot: Spot) => {
    edit(inserted(document, spot, made(document, piece)));
    setTarget(null);
  };
  const move = (place: string, spot: Spot) => {
    const edited = moved(document, place, spot);
    edit(edited);
    return edited !== null;
  };
  const insert = useCallback((spot: Spot) => {
    setTarget(spot);
    focus(PALETTE_SEARCH);
  }, []);
  const building = useMemo(
    () => ({ document, chosen, choose, change, edit, problems }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- edit and change follow the document
    [document, chosen, problems],
  );
  const keys = useKeys({
    draft,
    chosen,
    choose,
    edit,
    insert: () => insert(spotAfter(document, chosen)),
    open: () => focus(PANEL_TITLE),
  });
  const lead = (problem: Problem) => {
    const found = allSteps(document.steps).find((each) => each.step.id === problem.step);
    choose(found?.place ?? TRIGGER);
    focus(PANEL_TITLE);
  };
  return (
    <BuildingProvider value={building}>
      <Page
        title={title}
        tab={`${title}, builder`}
        back={{ to: `/flows/${document.id}`, label: "The flow" }}
        actions={<Publish draft={draft} />}
      >
        <Stack gap="sm" onKeyDown={(event) => keys[keyOf(event)]?.(event)}>
          <Toolbar keys={keys} draft={draft} chosen={chosen} tidy={() => setTidied(tidied + 1)} />
          <Stand draft={draft} />
          <div className="builder">
            <div>
              {target && (
                <Text size="sm" role="status">
                  Choose what goes to the place that you marked.{" "}
                  <Button size="compact-xs" variant="subtle" onClick={() => setTarget(null)}>
                    Never mind
                  </Button>
                </Text>
              )}
              <Palette take={(piece) => add(piece, target ?? spotAfter(document, chosen))} />
            </div>
            <Canvas tidied={tidied} insert={insert} drop={add} move={move} />
            <Panel />
          </div>
          <Problems problems={problems} lead={lead} />
          <details className="panel">
            <summary>Test the whole flow</summary>
            <TestForm document={document} />
          </details>
        </Stack>
      </Page>
    </BuildingProvider>
  );
}

function Stand({ draft }: { draft: Draft }) {
  if (draft.refusal) return <Failed error={new Error(`Not saved. ${draft.refusal}`)} />;
  return (
    <Text size="sm" c="dimmed" role="status" aria-live="polite">
      {draft.isSaving ? "Saving…" : draft.isUnsaved ? "Not saved yet" : "The draft is saved"}
    </Text>
  );
}

import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { flow, flowVerb } from "../../../api/flows";
import { State } from "../../../components/State";
import { useConfirm } from "../../../components/confirm";
import { say, sayFailed } from "../../../components/toast";
import { flowStand } from "../../../words/standing";
import { useBuilding } from "./context";
import type { Draft } from "./draft";

/** How the flow stands, and turning it on as it is on the canvas. */
export function Publish({ draft }: { draft: Draft }) {
  const { document, problems } = useBuilding();
  const cache = useQueryClient();
  const [ask, dialog] = useConfirm();
  const told = useQuery(flow(document.id));
  const act = useMutation({
    mutationFn: async (verb: "publish" | "pause" | "resume") => {
      await draft.save();
      return flowVerb(document.id, verb);
    },
    onSuccess: async (_flow, verb) => {
      if (verb === "pause") say("The flow is paused.", () => act.mutate("resume"));
      else say(verb === "publish" ? "The flow is on, as it is now." : "The flow goes on.");
      await cache.invalidateQueries({ queryKey: ["flows"] });
    },
    onError: sayFailed,
  });
  const errors = problems.filter((each) => !each.warning).length;
  const state = told.data?.state;
  const stand = state && flowStand(state, false);
  const hasChanges = draft.isUnsaved || told.data?.has_draft;
  return (
    <>
      {dialog}
      {stand && <State tone={stand.tone}>{stand.word}</State>}
      {state === "active" && (
        <Button variant="default" onClick={() => act.mutate("pause")}>
          Pause
        </Button>
      )}
      {state === "paused" && (
        <Button variant="default" onClick={() => act.mutate("resume")}>
          Let it go on
        </Button>
      )}
      <Button
        loading={act.isPending}
        disabled={!hasChanges || errors > 0}
        title={errors > 0 ? "Put right first what is wrong, below the picture." : undefined}
        onClick={() =>
          ask({
            title: "Turn it on as it is now?",
            happens:
              "From now on it starts by itself and does its steps in your apps. Runs that have begun are finished as they began. You can pause it at any time.",
            yes: "Turn it on",
            act: () => act.mutate("publish"),
          })
        }
      >
        Turn it on
      </Button>
    </>
  );
}

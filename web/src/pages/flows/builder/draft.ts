import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { useEffect, useReducer, useState } from "react";

import { flowCheck, type Problem, saveDraft } from "../../../api/building";
import { sentenceOf } from "../../../api/client";
import { flow } from "../../../api/flows";
import type { FlowDocument } from "../../../canvas/flow";
import { begun, type Change, changed, type History } from "../../../canvas/history";

/** How long nobody changes anything until the draft is saved by itself, in milliseconds. */
const PAUSE = 1_200;

const step = (history: History<FlowDocument>, change: Change<FlowDocument>) =>
  changed(history, change);

export type Draft = ReturnType<typeof useDraft>;

/** A flow's draft while it is worked on: its history, and what the server last said of it. */
export function useDraft(initial: FlowDocument) {
  const cache = useQueryClient();
  const [history, dispatch] = useReducer(step, initial, begun<FlowDocument>);
  const [stored, setStored] = useState(initial);
  const first = useQuery({
    queryKey: ["flow-check", initial.id],
    queryFn: () => flowCheck(initial),
    gcTime: 0,
  });
  const saving = useMutation({
    mutationFn: saveDraft,
    onSuccess: (saved, document) => {
      setStored(document);
      cache.setQueryData(flow(document.id).queryKey, saved.flow);
      cache.removeQueries({ queryKey: ["flow-document", document.id] });
    },
  });
  const { mutate, mutateAsync } = saving;
  const document = history.now;
  const isUnsaved = document !== stored;
  // what was refused as it is would be refused again
  const isRefused = saving.isError && saving.variables === document;
  const isBusy = saving.isPending;
  useEffect(() => {
    if (!isUnsaved || isRefused || isBusy) return;
    const timer = setTimeout(() => mutate(document), PAUSE);
    return () => clearTimeout(timer);
  }, [document, isUnsaved, isRefused, isBusy, mutate]);
  const save = async () => {
    if (isUnsaved) await mutateAsync(document);
  };
  useBlocker({
    shouldBlockFn: async () => {
      try {
        await save();
        return false;
      } catch (error) {
        const why = sentenceOf(error);
        return !window.confirm(`Your last changes are not saved: ${why} Leave without them?`);
      }
    },
    enableBeforeUnload: isUnsaved,
    disabled: !isUnsaved,
  });
  const problems: Problem[] = saving.data?.problems ?? first.data?.problems ?? [];
  return {
    document,
    change: (to: FlowDocument, tag?: string) => dispatch({ do: "set", to, tag }),
    undo: () => dispatch({ do: "undo" }),
    redo: () => dispatch({ do: "redo" }),
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    problems,
    isUnsaved,
    isSaving: saving.isPending,
    refusal: isRefused ? sentenceOf(saving.error) : null,
    save,
  };
}

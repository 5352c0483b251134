import type { KeyboardEvent } from "react";

import { type Edited, movedDown, movedUp, removed } from "../../../canvas/edits";
import { allSteps, stepAt, TRIGGER } from "../../../canvas/flow";
import { say } from "../../../components/toast";
import type { Draft } from "./draft";
import { stepTitle } from "./words";

interface Acting {
  draft: Draft;
  chosen: string;
  choose: (place: string) => void;
  edit: (edited: Edited | null) => void;
  insert: () => void;
  open: () => void;
}

export type Keys = Record<string, ((event?: KeyboardEvent) => void) | undefined>;

const isTyping = (target: EventTarget) =>
  target instanceof HTMLElement && target.closest("input, textarea, select, .react-flow") !== null;

/** Return a key with what is held down beside it: `Alt+ArrowUp`. */
export function keyOf(event: KeyboardEvent): string {
  const { target } = event;
  const isBox = target instanceof HTMLElement && target.closest(".box[data-place]") !== null;
  const held = [event.ctrlKey || event.metaKey ? "Control" : "", event.altKey ? "Alt" : ""];
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && name !== "Tab" ? "Shift" : "";
  const key = [...held, shift, name].filter(Boolean).join("+");
  // a text field undoes its own typing, and arrows move in it
  if (isBox || (key.startsWith("Control+") && !isTyping(target))) return key;
  return "";
}

/** What the keyboard does in the builder; the toolbar's buttons do the same. */
export function useKeys({ draft, chosen, choose, edit, insert, open }: Acting): Keys {
  const { document } = draft;
  const order = [TRIGGER, ...allSteps(document.steps).map((each) => each.place)];
  const step = stepAt(document, chosen);
  const go = (by: number) => {
    const next = order[order.indexOf(chosen) + by];
    if (next !== undefined) select(next);
  };
  const select = (place: string) => {
    choose(place);
    focusBox(place);
  };
  const act = (edited: Edited | null) => {
    edit(edited);
    if (edited) focusBox(edited.place);
  };
  const remove = () => {
    if (!step) return;
    act(removed(document, chosen));
    say(`“${stepTitle(step)}” is taken out.`, () => draft.change(document));
  };
  const held = (does: () => void) => (event?: KeyboardEvent) => {
    event?.preventDefault();
    does();
  };
  return {
    ArrowDown: held(() => go(1)),
    ArrowUp: held(() => go(-1)),
    "Alt+ArrowDown": held(() => act(step ? movedDown(document, chosen) : null)),
    "Alt+ArrowUp": held(() => act(step ? movedUp(document, chosen) : null)),
    Delete: held(remove),
    Backspace: held(remove),
    Insert: held(insert),
    a: held(insert),
    Enter: (event) => {
      event?.preventDefault();
      const box = event?.target;
      if (box instanceof HTMLElement && box.dataset.place) choose(box.dataset.place);
      open();
    },
    "Control+z": held(draft.undo),
    "Control+y": held(draft.redo),
    "Control+Shift+z": held(draft.redo),
  };
}

/** Put the reader's place on a box, once it is drawn. */
function focusBox(place: string): void {
  requestAnimationFrame(() => {
    const box = window.document.querySelector<HTMLElement>(`[data-place="${place}"]`);
    box?.focus({ preventScroll: true });
  });
}

import { createContext, useContext } from "react";

import type { Problem } from "../../../api/building";
import type { Edited } from "../../../canvas/edits";
import type { FlowDocument } from "../../../canvas/flow";
import type { Leaf } from "../../../canvas/sight";

export interface Building {
  document: FlowDocument;
  /** The place of the chosen step, or `trigger`. */
  chosen: string;
  choose: (place: string) => void;
  change: (document: FlowDocument, tag?: string) => void;
  /** Take an edit over, and choose what it leads to; null is no edit. */
  edit: (edited: Edited | null) => void;
  problems: Problem[];
}

const BuildingContext = createContext<Building | null>(null);
export const BuildingProvider = BuildingContext.Provider;

export function useBuilding(): Building {
  const found = useContext(BuildingContext);
  if (found === null) throw new Error("This stands outside of the builder.");
  return found;
}

/** What the chosen step can read, and what its templates come to with the sample. */
export interface Sight {
  leaves: Leaf[];
  /** Where the values are from, or why there are none. */
  whence: string;
  previews: Map<string, unknown>;
  /** Why the templates come to nothing. */
  wrong: string | null;
}

const SightContext = createContext<Sight>({
  leaves: [],
  whence: "",
  previews: new Map(),
  wrong: null,
});
export const SightProvider = SightContext.Provider;
export const useSight = () => useContext(SightContext);

/** Return the problems of a place and of what stands below it, not of steps within. */
export const problemsOf = (problems: Problem[], place: string) =>
  problems.filter(
    (each) =>
      (each.place === place ||
        each.place.startsWith(`${place}.`) ||
        each.place.startsWith(`${place}[`)) &&
      !/\.steps\[|\.otherwise\[/.test(each.place.slice(place.length)),
  );

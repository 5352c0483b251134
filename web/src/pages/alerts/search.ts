export type AlertTab = "now" | "past" | "rules" | "channels";

const OTHERS: AlertTab[] = ["past", "rules", "channels"];

/** Read which part is shown out of an address; what is not known is left out. */
export function readAlertSearch(search: Record<string, unknown>): { tab?: AlertTab } {
  return { tab: OTHERS.find((each) => each === search.tab) };
}

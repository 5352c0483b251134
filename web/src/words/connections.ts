// What a connection stops, and what goes on with it again. No components.
import type { Schemas } from "../api/client";
import type { Sync } from "../api/syncs";
import { formatNumber } from "./format";

type GoingOn = Schemas["GoingOnView"] | null | undefined;

/** What was done, and what goes on again with it: "It works. The sync people goes on." */
export function goesOn(done: string, goingOn: GoingOn): string {
  const { syncs = [], flow_runs: runs = 0 } = goingOn ?? {};
  const said = [done];
  if (syncs.length === 1) said.push(`The sync ${syncs.join()} goes on by itself.`);
  if (syncs.length > 1) said.push(`These syncs go on by themselves: ${syncs.join(", ")}.`);
  if (runs === 1) said.push("One run of a flow that waited for it goes on.");
  if (runs > 1) said.push(`${formatNumber(runs)} runs of flows that waited for it go on.`);
  return said.join(" ");
}

/** Why a sync that uses a connection stands still, if it was stopped. */
export function standstill(sync?: Pick<Sync, "state" | "reason">): string {
  if (sync?.state !== "halted") return "";
  return sync.reason === "connection_broken"
    ? " has stopped, and goes on once its connection works again"
    : " has stopped: open it and let it go on";
}

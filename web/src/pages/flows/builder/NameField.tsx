import { TextInput } from "@mantine/core";
import { useState } from "react";

import { nameOf } from "../../../canvas/edits";
import type { Step } from "../../../canvas/flow";
import { renamed } from "../../../canvas/renaming";
import { say } from "../../../components/toast";
import { useBuilding } from "./context";

/** The name by which later steps read what a step gives; they take a new one over. */
export function NameField({ step, place }: { step: Step; place: string }) {
  const { document, change } = useBuilding();
  const [typed, setTyped] = useState(step.id);
  const name = nameOf(typed, "");
  const isOwn = name === step.id;
  const after = isOwn ? null : renamed(document, place, name);
  const isTaken = !isOwn && after === null;
  const take = () => {
    if (after === null) {
      if (!isTaken) setTyped(step.id);
      return;
    }
    change(after);
    say(`The step is called ${name} now, also where others read it.`);
  };
  return (
    <TextInput
      label="Name for later steps"
      description={`They read what it gives as steps.${name || step.id}`}
      value={typed}
      error={isTaken && (name ? "Another step is called so." : "It needs a name.")}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => event.key === "Enter" && take()}
    />
  );
}

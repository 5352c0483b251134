import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { saveDraft } from "../../api/building";
import { Refusal } from "../../api/client";
import { flows } from "../../api/flows";
import { queries } from "../../api/queries";
import { nameOf } from "../../canvas/edits";
import { Page } from "../../components/Page";
import { Failed } from "../../components/Waiting";

/** A flow from nothing: its title, and then the builder. */
export function NewFlow() {
  const [title, setTitle] = useState("");
  const go = useNavigate();
  const made = useMutation({
    mutationFn: async () => {
      const id = nameOf(title, "flow");
      // storing under a name that is taken would write over that flow's draft
      const taken = await queries.fetchQuery({ ...flows, staleTime: 0 });
      if (taken.some((each) => each.name === id)) {
        throw new Refusal(`There is a flow ${id} already. Give it another title.`, "Taken", 409);
      }
      await saveDraft({ id, title: title.trim(), trigger: { kind: "manual" }, steps: [] });
      return id;
    },
    onSuccess: (name) => go({ to: "/flows/$name/build", params: { name } }),
  });
  return (
    <Page
      title="New flow"
      about="When something happens in an app, do something in another. Nothing happens until you turn it on."
      back={{ to: "/flows", label: "Flows" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim()) made.mutate();
        }}
      >
        <Stack maw={480} align="flex-start">
          <TextInput
            label="What is it called?"
            placeholder="Welcome a new lead"
            maxLength={200}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
            w="100%"
            data-autofocus
          />
          {made.isError && <Failed error={made.error} />}
          <Button type="submit" disabled={!title.trim()} loading={made.isPending}>
            Build it
          </Button>
        </Stack>
      </form>
    </Page>
  );
}

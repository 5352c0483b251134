import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";

import { checkManifest, keepManifest, manifests, type Proposal } from "../../../api/manifests";
import { useConfirm } from "../../../components/confirm";
import { Page, Section } from "../../../components/Page";
import { say } from "../../../components/toast";
import { Failed } from "../../../components/Waiting";
import { Begin } from "./Begin";
import { SeenFields } from "./Findings";
import { Judgement } from "./Judgement";
import { placeOfLine } from "./lines";
import { Probe } from "./Probe";
import { TryOut } from "./TryOut";

/** Describe an app that Instep does not know, try the description, and keep it. */
export function OwnApp() {
  const { app } = useSearch({ strict: false });
  const [text, setText] = useState("");
  const [proposal, setProposal] = useState<Proposal | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const check = useMutation({ mutationFn: checkManifest });
  const take = (fresh: string) => {
    setText(fresh);
    setProposal(null);
    check.mutate(fresh);
  };
  const show = (line: number) => {
    const { start, end } = placeOfLine(text, line);
    area.current?.focus();
    area.current?.setSelectionRange(start, end);
  };
  const judged = check.variables === text ? check.data : undefined;
  return (
    <Page
      title="Describe an app of your own"
      back={{ to: "/connections/new", label: "Connect an app" }}
      about="A manifest says how an app is reached and where its fields stand. Nothing is kept until you save it, and nothing reaches the app until you try it."
    >
      <Stack gap="xl">
        <Begin app={app} take={take} />
        <Probe
          take={(found) => {
            take(found.manifest);
            setProposal(found);
          }}
        />
        {proposal && (
          <Section title="What was seen">
            <SeenFields proposal={proposal} />
          </Section>
        )}
        <Section title="The manifest">
          <Textarea
            ref={area}
            aria-label="The manifest, YAML or JSON"
            className="manifest"
            autosize
            minRows={12}
            maxRows={30}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Group mt="sm">
            <Button
              onClick={() => check.mutate(text)}
              disabled={text.trim() === ""}
              loading={check.isPending}
            >
              Check it
            </Button>
            <Text size="sm" c="dimmed">
              {judged ? "" : text && "Not checked as it stands now."}
            </Text>
          </Group>
          {check.isError && <Failed error={check.error} />}
          {judged && <Judgement judged={judged} show={show} />}
        </Section>
        {judged?.connector && (
          <>
            <TryOut key={judged.app} text={text} judged={judged} app={judged.connector} />
            <Keep text={text} app={judged.app} title={judged.title} />
          </>
        )}
      </Stack>
    </Page>
  );
}

function Keep({ text, app, title }: { text: string; app: string; title: string }) {
  const known = useQuery(manifests).data;
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [ask, dialog] = useConfirm();
  const kept = useMutation({
    mutationFn: (replace: boolean) => keepManifest(text, replace),
    onSuccess: async ({ name }) => {
      await cache.invalidateQueries();
      say(`${title} can be connected now.`);
      await navigate({ to: "/connections/new", search: { app: name } });
    },
  });
  const isThere = known?.some((each) => each.own && each.name === app) ?? false;
  const save = () =>
    isThere
      ? ask({
          title: `Replace the manifest of ${title}?`,
          happens:
            "Its connections go on by the new one within some seconds. The old text is not kept here: save a copy first if you may want it back.",
          yes: "Replace it",
          act: () => kept.mutate(true),
        })
      : kept.mutate(false);
  return (
    <Section title="Keep it">
      <Stack gap="xs" align="flex-start">
        <Text size="sm" c="dimmed">
          {title} then stands among the apps that can be connected, without a restart.
        </Text>
        <Button onClick={save} loading={kept.isPending}>
          Save and connect it
        </Button>
        {kept.isError && <Failed error={kept.error} />}
      </Stack>
      {dialog}
    </Section>
  );
}

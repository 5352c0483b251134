import { Button, NativeSelect, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { addChannel, channelKinds, channels, type ChannelKind } from "../../api/alerts";
import { say } from "../../components/toast";
import { Failed, Loaded } from "../../components/Waiting";
import { isHidden, KINDS, settingName } from "../../words/alerts";
import { Secrets } from "./Secrets";

/** Add a channel: its kind decides what is asked. */
export function NewChannel() {
  const query = useQuery(channelKinds);
  return (
    <Loaded query={query} what="what kinds of channels there are">
      {(kinds) => <Form kinds={kinds} />}
    </Loaded>
  );
}

function Form({ kinds }: { kinds: ChannelKind[] }) {
  const cache = useQueryClient();
  const [kind, setKind] = useState(kinds[0]?.kind ?? "email");
  const [name, setName] = useState("");
  const [said, setSaid] = useState<Record<string, string>>({});
  const takes = kinds.find((each) => each.kind === kind);
  const added = useMutation({
    mutationFn: () => addChannel({ name, kind, settings: filledIn(said) }),
    onSuccess: async (made) => {
      setName("");
      setSaid({});
      say(`${made.name} is told everything from now on. Test it to be sure.`);
      await cache.invalidateQueries({ queryKey: channels.queryKey });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        added.mutate();
      }}
    >
      <Stack gap="sm" maw={480}>
        {added.isError && <Failed error={added.error} />}
        <NativeSelect
          label="What kind?"
          value={kind}
          data={kinds.map((each) => ({ value: each.kind, label: KINDS[each.kind] ?? each.kind }))}
          onChange={(event) => {
            setKind(event.currentTarget.value);
            setSaid({});
          }}
        />
        <TextInput
          label="Its name here"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {takes?.settings.map((each) => (
          <SettingInput
            key={`${kind}.${each.name}`}
            setting={each}
            isMade={takes.makes.includes(each.name)}
            value={said[each.name] ?? ""}
            change={(value) => setSaid({ ...said, [each.name]: value })}
          />
        ))}
        <Button type="submit" w="fit-content" loading={added.isPending}>
          Add the channel
        </Button>
        {added.data && <Secrets made={added.data.made} />}
      </Stack>
    </form>
  );
}

interface SettingInputProps {
  setting: ChannelKind["settings"][number];
  /** Instep makes it up where nobody gives it. */
  isMade: boolean;
  value: string;
  change: (value: string) => void;
}

function SettingInput({ setting, isMade, value, change }: SettingInputProps) {
  const told = {
    label: settingName(setting.name),
    description: setting.about,
    required: setting.required && setting.default === null && !isMade,
    autoComplete: "off",
  };
  if (setting.choices.length > 0) {
    return (
      <NativeSelect
        {...told}
        value={value || (setting.default ?? "")}
        data={setting.choices}
        onChange={(event) => change(event.currentTarget.value)}
      />
    );
  }
  const Input = isHidden(setting.name) ? PasswordInput : TextInput;
  return (
    <Input
      {...told}
      placeholder={setting.default ?? undefined}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

function filledIn(said: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value.trim() !== ""));
}

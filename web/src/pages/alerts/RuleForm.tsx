import {
  Button,
  Checkbox,
  Group,
  NativeSelect,
  NumberInput,
  Stack,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { type Channel, type Rule, rules, setRule } from "../../api/alerts";
import { say } from "../../components/toast";
import { Failed } from "../../components/Waiting";
import { DELIVERS, thresholdWords } from "../../words/alerts";

interface RuleFormProps {
  rule: Rule;
  channels: Channel[];
  close: () => void;
}

/** Change how one kind of trouble is told. */
export function RuleForm({ rule, channels, close }: RuleFormProps) {
  const cache = useQueryClient();
  const form = useForm({
    initialValues: {
      on: rule.on,
      threshold: rule.threshold,
      deliver: rule.deliver,
      at: rule.at,
      zone: rule.zone,
      remind_hours: rule.remind_hours,
      channels: rule.channels,
    },
  });
  const saved = useMutation({
    mutationFn: (said: typeof form.values) => setRule(rule.kind, said),
    onSuccess: async () => {
      say("The rule is saved.");
      await cache.invalidateQueries({ queryKey: rules.queryKey });
      close();
    },
  });
  const isDaily = form.values.deliver === "daily";
  return (
    <form onSubmit={form.onSubmit((said) => saved.mutate(said))}>
      <Stack gap="sm" mt="xs">
        {saved.isError && <Failed error={saved.error} />}
        <Switch label="Tell it" {...form.getInputProps("on", { type: "checkbox" })} />
        <Group align="flex-end">
          {rule.unit && (
            <NumberInput
              label={`It counts ${thresholdWords(rule.unit)[0]}`}
              suffix={` ${thresholdWords(rule.unit)[1]}`}
              min={1}
              allowDecimal={false}
              value={form.values.threshold ?? ""}
              onChange={(value) => form.setFieldValue("threshold", Number(value))}
            />
          )}
          <NativeSelect
            label="When?"
            data={Object.entries(DELIVERS).map(([value, label]) => ({ value, label }))}
            {...form.getInputProps("deliver")}
          />
          {isDaily && <TextInput type="time" label="At" {...form.getInputProps("at")} />}
          {isDaily && <TextInput label="In which time zone?" {...form.getInputProps("zone")} />}
          <NumberInput
            label="Again after how many hours?"
            description="0: not again"
            min={0}
            allowDecimal={false}
            value={form.values.remind_hours}
            onChange={(value) => form.setFieldValue("remind_hours", Number(value))}
          />
        </Group>
        {channels.length > 0 ? (
          <Checkbox.Group
            label="Where?"
            description="None chosen: everywhere"
            {...form.getInputProps("channels")}
          >
            <Group mt={4}>
              {channels.map((each) => (
                <Checkbox key={each.id} value={each.name} label={each.name} />
              ))}
            </Group>
          </Checkbox.Group>
        ) : (
          <Text size="sm" c="dimmed">
            There is no channel yet, so it is shown here only. Add one under Channels.
          </Text>
        )}
        <Group gap="xs">
          <Button type="submit" size="xs" loading={saved.isPending}>
            Save
          </Button>
          <Button size="xs" variant="default" onClick={close}>
            Leave it as it was
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

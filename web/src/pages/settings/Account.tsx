import { SegmentedControl, Stack, Text, useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { session } from "../../api/session";
import { Section } from "../../components/Page";
import { type Density, useDensity } from "../../frame/density";
import { zone } from "../../words/format";
import { ROLES } from "../../words/people";
import { OwnPassword } from "./OwnPassword";
import { OwnSessions } from "./OwnSessions";

/** What concerns only whoever is signed in. */
export function Account() {
  const { data } = useQuery(session);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [density, setDensity] = useDensity();
  return (
    <Stack gap="xl">
      {data && (
        <Text>
          You are {data.name}. {ROLES[data.role]}.
        </Text>
      )}
      <Section title="Appearance">
        <Stack gap="xs">
          <SegmentedControl
            aria-label="Appearance"
            w="fit-content"
            value={colorScheme}
            data={[
              { value: "auto", label: "As the computer is" },
              { value: "light", label: "Light" },
              { value: "dark", label: "Dark" },
            ]}
            onChange={(value) => setColorScheme(value as typeof colorScheme)}
          />
          <SegmentedControl
            aria-label="Rows of tables"
            w="fit-content"
            value={density}
            data={[
              { value: "comfortable", label: "Comfortable tables" },
              { value: "compact", label: "Compact tables" },
            ]}
            onChange={(value) => setDensity(value as Density)}
          />
          <Text size="sm" c="dimmed">
            Kept in this browser. Times are shown in the time zone of your computer, {zone}.
          </Text>
        </Stack>
      </Section>
      <OwnSessions />
      <OwnPassword />
    </Stack>
  );
}

import { Button, Collapse, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";

/** What most people never change, folded away. */
export function MoreSettings({
  country,
  setCountry,
  children,
}: {
  country: string;
  setCountry: (value: string) => void;
  children: React.ReactNode;
}) {
  const [opened, { toggle }] = useDisclosure();
  return (
    <div>
      <Button variant="default" size="xs" onClick={toggle} aria-expanded={opened}>
        {opened ? "Fewer settings" : "More settings"}
      </Button>
      <Collapse expanded={opened}>
        <Stack mt="sm">
          <TextInput
            label="Country"
            description="Two letters, such as US. It completes phone numbers that are written without their country."
            maxLength={2}
            value={country}
            onChange={(event) => setCountry(event.currentTarget.value)}
          />
          {children}
        </Stack>
      </Collapse>
    </div>
  );
}

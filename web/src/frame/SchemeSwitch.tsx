import { Button, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";

/** Turns the pages dark or light; until somebody says so they follow the computer. */
export function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <Button variant="default" size="xs" onClick={() => setColorScheme(other)}>
      {other === "dark" ? "Dark" : "Light"}
    </Button>
  );
}

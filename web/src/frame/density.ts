import { useLocalStorage } from "@mantine/hooks";
import { useEffect } from "react";

export type Density = "comfortable" | "compact";

/** How much room the rows of tables take, as this browser keeps it; and a way to change it. */
export const useDensity = () =>
  useLocalStorage<Density>({
    key: "instep-density",
    defaultValue: "comfortable",
    getInitialValueInEffect: false,
  });

/** Have every table take the room that was chosen. */
export function useTablesOfDensity(): void {
  const [density] = useDensity();
  useEffect(() => {
    document.documentElement.dataset.density = density;
  }, [density]);
}

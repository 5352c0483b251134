import { createTheme, type CSSVariablesResolver } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: 8,
  defaultRadius: "sm",
  cursorType: "pointer",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  headings: { fontWeight: "600" },
});

// the library's own quiet greys, its red and what lies below the pointer are too faint to be read by everybody (WCAG 4.5 : 1)
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#495057",
    "--mantine-color-placeholder": "#5c636a",
    "--mantine-color-error": "#c92a2a",
    "--mantine-color-indigo-light-hover": "#dbe4ff",
    "--instep-line": "#dee2e6",
    "--instep-quiet": "#f6f7f9",
    "--instep-added": "#e6f4ea",
    "--instep-removed": "#fbeaea",
  },
  dark: {
    "--mantine-color-dimmed": "#b8b8b8",
    "--mantine-color-placeholder": "#a6a6a6",
    "--mantine-color-error": "#ff8787",
    "--mantine-color-anchor": "#91a7ff",
    "--instep-line": "#424242",
    "--instep-quiet": "#2e2e2e",
    "--instep-added": "#1f3b2a",
    "--instep-removed": "#472727",
  },
});

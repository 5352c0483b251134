import { Link } from "@tanstack/react-router";

/** The parts of a page, each with an address of its own. */
export function TabLinks({ of, tabs }: { of: string; tabs: { to: string; label: string }[] }) {
  return (
    <nav aria-label={of} className="tabs">
      {tabs.map(({ to, label }) => (
        <Link
          key={to}
          to={to}
          className="tab"
          activeOptions={{ exact: true, includeSearch: false }}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

// What programs call by short names, in the words people read.

const FIELDS: Record<string, string> = {
  email: "E-mail",
  dnd: "Do not disturb",
  due_at: "Due",
  starts_at: "Starts",
  ends_at: "Ends",
  body: "Text",
  contact_id: "Contact",
  business_id: "Business",
  company: "Company",
  company_name: "Company",
};

/** A field's name as people say it: `first_name` → "First name", `custom.Policy no` → "Policy no". */
export function fieldName(name: string): string {
  const known = FIELDS[name];
  if (known) return known;
  if (name.startsWith("custom.")) return name.slice("custom.".length);
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const MANY: Record<string, string> = { business: "businesses", opportunity: "opportunities" };

/** A kind of record in the plural: "contacts". */
export function recordsOf(kind: string): string {
  return MANY[kind] ?? `${kind}s`;
}

const APPS: Record<string, string> = {
  gohighlevel: "GoHighLevel",
  insightly: "Insightly",
  backnine: "BackNine",
  insurgo: "Insurgo",
  brokerengine: "BrokerEngine",
  yourapp: "Your App",
  your_app: "Your App",
  csv: "CSV file",
};

export function appName(connector: string): string {
  return APPS[connector] ?? connector;
}

const METHODS: Record<string, string> = {
  private_integration: "Private integration token",
  oauth2: "Sign in on the app's own page (OAuth)",
  api_key: "API key",
  bearer: "Access token",
  basic: "User name and password",
  header: "Key in a header",
  none: "Nothing to prove",
};

export function methodName(kind: string): string {
  return METHODS[kind] ?? fieldName(kind);
}

/** What an item of a plan does, for a table's cell. */
const PLANNED: Record<string, string> = {
  create: "Create",
  update: "Change",
  delete: "Delete",
  link: "Match",
  review: "Needs you",
  nothing: "Left as it is",
};

export function plannedName(what: string): string {
  return PLANNED[what] ?? fieldName(what);
}

/** What became of an item of a plan; nothing for one that is still to be carried out. */
export const BECAME: Record<string, string> = {
  done: "done",
  stale: "changed meanwhile, left alone",
};

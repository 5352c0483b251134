import { useMay } from "../../api/session";
import { Page } from "../../components/Page";
import { TabLinks } from "../../components/TabLinks";
import { ZoneNote } from "../../components/When";
import { ByPeople } from "./ByPeople";
import { WrittenToApps } from "./WrittenToApps";

const TABS = [
  { to: "/activity", label: "Changed by people" },
  { to: "/activity/apps", label: "Written to apps" },
];

/** Who changed what here; the audit log is for admins, so others see what was written to apps. */
export function Activity() {
  return useMay().admin ? <Tabs shown={<ByPeople />} /> : <AppActivity />;
}

/** What was written to the apps, and why. */
export function AppActivity() {
  return useMay().admin ? (
    <Tabs shown={<WrittenToApps />} />
  ) : (
    <Tabs few shown={<WrittenToApps />} />
  );
}

function Tabs({ shown, few = false }: { shown: React.ReactNode; few?: boolean }) {
  return (
    <Page
      title="Activity"
      about={
        few
          ? "Every change that was written to an app, and why."
          : "What people changed here, and every change that was written to an app."
      }
    >
      {!few && <TabLinks of="Parts of the activity" tabs={TABS} />}
      {shown}
      <ZoneNote />
    </Page>
  );
}

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";

import { Empty, Failed, Loading } from "./components/Waiting";
import { Page } from "./components/Page";
import { Door } from "./frame/Door";
import { readAlertSearch } from "./pages/alerts/search";
import { Home } from "./pages/home/Home";
import { readSight, readWords } from "./pages/contacts/search";
import { readActivitySearch } from "./pages/activity/search";
import { readRunSearch } from "./pages/runs/search";
import { readItemsWanted } from "./pages/syncs/search";

const root = createRootRoute({
  component: Door,
  notFoundComponent: () => (
    <Page title="There is no such page">
      <Empty title="Nothing is at this address">
        It may have been mistyped. The menu leads to every page there is.
      </Empty>
    </Page>
  ),
  errorComponent: ({ error, reset }) => <Failed error={error} again={reset} />,
});

const getParentRoute = () => root;

const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);

const routes = root.addChildren([
  createRoute({ getParentRoute, path: "/", component: Home }),
  createRoute({
    getParentRoute,
    path: "/connections",
    component: lazyRouteComponent(() => import("./pages/connections/List"), "ConnectionList"),
  }),
  createRoute({
    getParentRoute,
    path: "/connections/new",
    validateSearch: (search: Record<string, unknown>) => ({
      app: text(search.app),
      recipe: text(search.recipe), // what the app is connected for: its scopes are asked for
    }),
    component: lazyRouteComponent(() => import("./pages/connections/New"), "NewConnection"),
  }),
  createRoute({
    getParentRoute,
    path: "/connections/authorised",
    component: lazyRouteComponent(() => import("./pages/connections/Authorised"), "Authorised"),
  }),
  createRoute({
    getParentRoute,
    path: "/connections/describe",
    validateSearch: (search: Record<string, unknown>) => ({ app: text(search.app) }),
    component: lazyRouteComponent(() => import("./pages/connections/own/OwnApp"), "OwnApp"),
  }),
  createRoute({
    getParentRoute,
    path: "/connections/$name",
    component: lazyRouteComponent(() => import("./pages/connections/Detail"), "ConnectionDetail"),
  }),
  createRoute({
    getParentRoute,
    path: "/syncs",
    component: lazyRouteComponent(() => import("./pages/syncs/List"), "SyncList"),
  }),
  createRoute({
    getParentRoute,
    path: "/syncs/new",
    component: lazyRouteComponent(() => import("./pages/syncs/New"), "NewSync"),
  }),
  createRoute({
    getParentRoute,
    path: "/syncs/$name",
    component: lazyRouteComponent(() => import("./pages/syncs/Detail"), "SyncPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/syncs/$name/plans/$plan",
    validateSearch: readItemsWanted,
    component: lazyRouteComponent(() => import("./pages/syncs/Plan"), "PlanPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/syncs/$name/mapping",
    component: lazyRouteComponent(() => import("./pages/syncs/mapping/Editor"), "MappingPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/syncs/$name/rules",
    component: lazyRouteComponent(() => import("./pages/syncs/Rules"), "RulesPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/recipes",
    validateSearch: (search: Record<string, unknown>) => ({
      words: text(search.words),
      app: text(search.app),
      about: text(search.about),
    }),
    component: lazyRouteComponent(() => import("./pages/recipes/Gallery"), "RecipeGallery"),
  }),
  createRoute({
    getParentRoute,
    path: "/recipes/$id",
    component: lazyRouteComponent(() => import("./pages/recipes/Detail"), "RecipePage"),
  }),
  createRoute({
    getParentRoute,
    path: "/flows",
    component: lazyRouteComponent(() => import("./pages/flows/List"), "FlowList"),
  }),
  createRoute({
    getParentRoute,
    path: "/flows/new",
    component: lazyRouteComponent(() => import("./pages/flows/New"), "NewFlow"),
  }),
  createRoute({
    getParentRoute,
    path: "/flows/$name/build",
    component: lazyRouteComponent(() => import("./pages/flows/builder/Builder"), "BuilderPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/flows/$name/versions",
    component: lazyRouteComponent(() => import("./pages/flows/Versions"), "FlowVersions"),
  }),
  createRoute({
    getParentRoute,
    path: "/flows/$name",
    component: lazyRouteComponent(() => import("./pages/flows/Detail"), "FlowPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/runs",
    validateSearch: readRunSearch,
    component: lazyRouteComponent(() => import("./pages/runs/List"), "RunList"),
  }),
  createRoute({
    getParentRoute,
    path: "/runs/sync/$name/$run",
    component: lazyRouteComponent(() => import("./pages/runs/SyncRun"), "SyncRunPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/runs/flow/$run",
    component: lazyRouteComponent(() => import("./pages/runs/FlowRun"), "FlowRunPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/contacts",
    validateSearch: readWords,
    component: lazyRouteComponent(() => import("./pages/contacts/Search"), "ContactSearch"),
  }),
  createRoute({
    getParentRoute,
    path: "/contacts/$person",
    validateSearch: readSight,
    component: lazyRouteComponent(() => import("./pages/contacts/Person"), "PersonPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/review",
    component: lazyRouteComponent(() => import("./pages/review/List"), "ReviewList"),
  }),
  createRoute({
    getParentRoute,
    path: "/alerts",
    validateSearch: readAlertSearch,
    component: lazyRouteComponent(() => import("./pages/alerts/Alerts"), "AlertsPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/activity",
    validateSearch: readActivitySearch,
    component: lazyRouteComponent(() => import("./pages/activity/Activity"), "Activity"),
  }),
  createRoute({
    getParentRoute,
    path: "/activity/apps",
    validateSearch: (search: Record<string, unknown>) => ({ sync: text(search.sync) }),
    component: lazyRouteComponent(() => import("./pages/activity/Activity"), "AppActivity"),
  }),
  createRoute({
    getParentRoute,
    path: "/settings",
    component: lazyRouteComponent(() => import("./pages/settings/Settings"), "Settings"),
  }),
  createRoute({
    getParentRoute,
    path: "/settings/$tab",
    component: lazyRouteComponent(() => import("./pages/settings/Settings"), "Settings"),
  }),
]);

export const router = createRouter({
  routeTree: routes,
  basepath: "/ui",
  defaultPendingComponent: () => <Loading what="the page" />,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

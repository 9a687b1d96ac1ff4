import { useEffect, useState } from 'preact/hooks';
import type { PageHead } from '../lib/render/page/page-data.ts';
import type { Client } from './client.ts';
import { PageProvider } from './page-context.ts';
import { Empty, Heading, Prose } from './parts.tsx';
import { homeOf, type Route, routeOf, STATIC_VIEWS } from './router.ts';
import { CellView } from './views/cell-view.tsx';
import { ChangeView, DriftView } from './views/drift-view.tsx';
import { ExceptionsView } from './views/exceptions-view.tsx';
import { FindingView } from './views/finding-view.tsx';
import { FindingsView } from './views/findings-view.tsx';
import { InstanceView } from './views/instance-view.tsx';
import { InstancesView } from './views/instances-view.tsx';
import { MatrixView } from './views/matrix-view.tsx';
import { PolicyView } from './views/policy-view.tsx';
import { PrincipalView } from './views/principal-view.tsx';
import { PrincipalsView } from './views/principals-view.tsx';

const VIEWS = {
  findings: FindingsView,
  finding: FindingView,
  matrix: MatrixView,
  instances: InstancesView,
  instance: InstanceView,
  principals: PrincipalsView,
  principal: PrincipalView,
  cell: CellView,
  policy: PolicyView,
  drift: DriftView,
  change: ChangeView,
  exceptions: ExceptionsView,
} as const;

/** The view that the address names, unless its section is in the markup. */
export function App({ head, client }: { head: PageHead; client: Client }) {
  const route = useRoute();
  useEffect(() => void client.ask('warm').catch(() => {}), []);
  useEffect(() => showView(route), [route]);
  const View = VIEWS[route.view as keyof typeof VIEWS];
  return (
    <PageProvider value={{ head, client, route }}>
      {View !== undefined && head.notAudited !== '' && (
        <p class="left notice">
          NOT AUDITED: <Prose text={head.notAudited} />. This view does not show who has access.
        </p>
      )}
      {View && <View key={`${route.view} ${route.what.join(' ')}`} />}
      {!View && !STATIC_VIEWS.includes(route.view) && (
        <section>
          <Heading title="Not found" />
          <Empty>This page has no such address.</Empty>
        </section>
      )}
    </PageProvider>
  );
}

function useRoute(): Route {
  const [route, setRoute] = useState(
    () => routeOf(location.hash) ?? { view: '', what: [], query: new URLSearchParams() },
  );
  useEffect(() => {
    const change = (): void => {
      // the link that skips to the content is not a view
      if (location.hash === '#main') return;
      setRoute(routeOf(location.hash) ?? { view: '', what: [], query: new URLSearchParams() });
    };
    addEventListener('hashchange', change);
    return () => removeEventListener('hashchange', change);
  }, []);
  return route;
}

/** Shows the section of the markup that the address names, and marks the view in the contents. */
function showView(route: Route): void {
  for (const section of document.querySelectorAll<HTMLElement>('main > section')) {
    const { view } = section.dataset;
    section.hidden = view !== route.view;
  }
  for (const link of document.querySelectorAll('.contents a')) {
    if (link.getAttribute('href') === `#${homeOf(route)}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const isList = route.query.size > 0;
  if (!isList) scrollTo(0, 0);
}

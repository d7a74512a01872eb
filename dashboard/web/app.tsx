import { lazy, Suspense, useEffect, useState } from 'react';
import { loadCity, loadDevices, loadStandards, useCity } from './api/city.ts';
import { type ApiProblem, problemOf } from './api/client.ts';
import { loadMe, useSession } from './api/session.ts';
import { Banner, Footer, Warnings, Watermark } from './frame/bars.tsx';
import { Header } from './frame/header.tsx';
import { goTo, hrefOf, useRoute } from './frame/route.ts';
import { frameShortcuts, Help, useGoKeys, useShortcuts } from './frame/shortcuts.tsx';
import { useTexts } from './i18n/i18n.ts';
import { startBeat, startLive, useBeat } from './live/store.ts';
import { wireNotices } from './notices/link.ts';
import { startOutbox } from './outbox/use-outbox.ts';
import { ClaimPage, LoginPage } from './pages/door.tsx';
import { DutyPage } from './pages/duty.tsx';
import { followClicks } from './push/browser.ts';
import { startSound } from './sound/engine.ts';
import { Toasts } from './ui/toast.tsx';

const TicketsPage = lazy(() => import('./tickets/tickets-page.tsx').then((page) => ({ default: page.TicketsPage })));
const ReportPage = lazy(() => import('./tickets/report-page.tsx').then((page) => ({ default: page.ReportPage })));
const StandardsPage = lazy(() => import('./pages/standards.tsx').then((page) => ({ default: page.StandardsPage })));
const ResponsiblePage = lazy(() =>
  import('./responsible/responsible-page.tsx').then((page) => ({ default: page.ResponsiblePage })),
);
const KpisPage = lazy(() => import('./kpis/kpis-page.tsx').then((page) => ({ default: page.KpisPage })));
const ScoresPage = lazy(() => import('./scores/scores-page.tsx').then((page) => ({ default: page.ScoresPage })));
const BulletinPage = lazy(() => import('./scores/bulletin-page.tsx').then((page) => ({ default: page.BulletinPage })));
const QuarantinePage = lazy(() => import('./pages/quarantine.tsx').then((page) => ({ default: page.QuarantinePage })));
const HazardsPage = lazy(() => import('./hazards/hazards-page.tsx').then((page) => ({ default: page.HazardsPage })));
const CampaignsPage = lazy(() =>
  import('./campaigns/campaigns-page.tsx').then((page) => ({ default: page.CampaignsPage })),
);
const HandoverPage = lazy(() => import('./watch/handover-page.tsx').then((page) => ({ default: page.HandoverPage })));
const MinePage = lazy(() => import('./push/mine-page.tsx').then((page) => ({ default: page.MinePage })));
const DrillsPage = lazy(() => import('./drills/drills-page.tsx').then((page) => ({ default: page.DrillsPage })));
const AuditPage = lazy(() => import('./pages/audit.tsx').then((page) => ({ default: page.AuditPage })));

/** The door for those who are not signed in, the frame with its page for those who are. */
export function App() {
  const route = useRoute();
  const me = useSession((session) => session.me);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const texts = useTexts();
  useEffect(() => {
    // Whoever holds the one-time link is nobody yet.
    if (me !== undefined || route.page === 'claim') return;
    const ask = (): void => {
      loadMe().then(
        () => setProblem(null),
        (error) => setProblem(problemOf(error)),
      );
    };
    ask();
    const again = setInterval(ask, 3000);
    return () => clearInterval(again);
  }, [me, route.page]);
  useEffect(() => {
    if (me === null && route.page !== 'login' && route.page !== 'claim') {
      goTo(hrefOf({ page: 'login', next: location.pathname + location.search }), 'replace');
    }
  }, [me, route.page]);
  if (route.page === 'claim') return <ClaimPage link={route.hash} />;
  if (route.page === 'login') return <LoginPage next={route.next} />;
  if (!me) {
    return (
      <div className="empty" role="status">
        {problem ? texts.problem(problem) : texts('loading')}
      </div>
    );
  }
  return <Frame />;
}

/** Header, warnings, banner, page and foot; starts the stream, the clock and the sound. */
function Frame() {
  const texts = useTexts();
  const silent = useBeat((beat) => beat.link === 'silent');
  const city = useCity((state) => state.body);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  useEffect(() => {
    const load = (): void => {
      Promise.all([loadCity(), loadDevices(), loadStandards()]).then(
        () => setProblem(null),
        (error) => {
          setProblem(problemOf(error));
          retry = setTimeout(load, 3000);
        },
      );
    };
    let retry: ReturnType<typeof setTimeout> | undefined;
    load();
    const stops = [
      startLive(wireNotices),
      startBeat(),
      startSound(),
      followClicks(goTo),
      startOutbox(),
      () => clearTimeout(retry),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  useEffect(() => {
    document.title = city
      ? `${texts('brand')} · ${texts.pick(city.city.name)}${city.demo ? ` · ${texts('sim.short')}` : ''}`
      : texts('brand');
  }, [city, texts]);
  useShortcuts(frameShortcuts);
  useGoKeys();
  return (
    <div className={`app${silent ? ' silent' : ''}`}>
      <Header />
      <Warnings />
      <Banner />
      <main className="page">
        {problem && !city ? (
          <div className="empty" role="status">
            {texts.problem(problem)}
          </div>
        ) : (
          <Suspense fallback={<div className="empty">{texts('loading')}</div>}>
            <Page />
          </Suspense>
        )}
      </main>
      <Footer />
      <Toasts />
      <Help />
      <Watermark />
    </div>
  );
}

function Page() {
  const texts = useTexts();
  const { page } = useRoute();
  switch (page) {
    case 'tickets':
      return <TicketsPage />;
    case 'report':
      return <ReportPage />;
    case 'standards':
      return <StandardsPage />;
    case 'responsible':
      return <ResponsiblePage />;
    case 'kpis':
      return <KpisPage />;
    case 'scores':
      return <ScoresPage />;
    case 'bulletin':
      return <BulletinPage />;
    case 'quarantine':
      return <QuarantinePage />;
    case 'audit':
      return <AuditPage />;
    case 'hazards':
      return <HazardsPage />;
    case 'campaigns':
      return <CampaignsPage />;
    case 'mine':
      return <MinePage />;
    case 'drills':
      return <DrillsPage />;
    case 'handover':
      return <HandoverPage />;
    case 'unknown':
      return (
        <div className="empty">
          <p>{texts('page.unknown')}</p>
          <a className="btn" href="/">
            {texts('nav.duty')}
          </a>
        </div>
      );
    default:
      return <DutyPage />;
  }
}

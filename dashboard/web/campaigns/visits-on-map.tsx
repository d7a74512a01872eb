import { useEffect, useMemo } from 'react';
import { visitStageWords } from '../../../devices/campaigns/visit-flow.ts';
import type { Visit } from '../../../devices/contract/campaign.ts';
import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf, patchRoute, useRoute } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import type { CityMap } from '../map/map-adapter.ts';
import { Icon } from '../ui/icons.tsx';
import { useFetched } from '../ui/use-fetched.ts';
import { toVisitFeatures, visitCounts, visitStates } from './visit-features.ts';
import './visits-on-map.css';

const REFRESH_MS = 20_000;
/** Campaigns begin on a day, not in a second. */
const CAMPAIGNS_MS = 60_000;
const MOST = 2000;
/** The address that shows the visits of every running campaign. */
export const allCampaigns = 'all';

interface Visits {
  readonly total: number;
  readonly hidden: number;
  readonly items: readonly Visit[];
}

/** The visits that the address asks for, on the map; nothing is asked while the layer is off. */
export function useVisitsOnMap(map: CityMap | null): Visits | null {
  const { campaign } = useRoute();
  const of = campaign === allCampaigns ? 'running=true' : `campaign=${encodeURIComponent(campaign ?? '')}`;
  const { body } = useFetched<Visits>(campaign === null ? null : `/visits?state=all&limit=${MOST}&${of}`, REFRESH_MS);
  const features = useMemo(() => toVisitFeatures(body?.items ?? []), [body]);
  useEffect(() => map?.setVisits(features), [map, features]);
  return campaign === null ? null : body;
}

/** Switches the layer; beside it what its signs mean, and how many there are. Nothing while no campaign runs. */
export function VisitsCard({ visits }: { visits: Visits | null }) {
  const texts = useTexts();
  const { campaign } = useRoute();
  const { body: running } = useFetched<{ items: readonly unknown[] }>('/campaigns?state=running&limit=1', CAMPAIGNS_MS);
  const counts = visitCounts(visits?.items ?? []);
  if (campaign === null && !running?.items.length) return null;
  return (
    <div className="card map-layers map-visits">
      <button
        type="button"
        aria-pressed={campaign !== null}
        onClick={() => patchRoute({ campaign: campaign === null ? allCampaigns : null })}
      >
        {texts('visits.layer')}
      </button>
      {visits && (
        <ul className="map-legend small" aria-label={texts('visits.legend')}>
          {visitStates.map((state) => (
            <li key={state}>
              <i className={`map-visit ${state}`} aria-hidden="true" />
              {texts(`visits.${state}`)} <b className="num">{counts[state]}</b>
            </li>
          ))}
          {visits.hidden > 0 && <li className="muted">{texts('visits.sealed', { n: visits.hidden })}</li>}
          {visits.total > visits.items.length && (
            <li className="muted">{texts('visits.first', { n: visits.items.length, of: visits.total })}</li>
          )}
        </ul>
      )}
    </div>
  );
}

/** What a visit on the map is, and the way to it. */
export function VisitPopup({ visit, x, y, onClose }: { visit: Visit; x: number; y: number; onClose: () => void }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  return (
    <section
      className="map-choice map-visit-popup card"
      style={{ left: `min(${x}px, 100% - 274px)`, top: `clamp(140px, ${y}px, 100% - 140px)` }}
      aria-label={visit.name}
    >
      <header>
        <b>{visit.name}</b>
        <button type="button" aria-label={texts('close')} onClick={onClose}>
          <Icon name="close" size={14} />
        </button>
      </header>
      <p className="small muted">
        {texts.pick(visitStageWords[visit.stage])}
        {visit.by && ` · ${visit.by.name}`}
      </p>
      <p className="small">
        {texts('campaigns.open', { from: stampText(visit.opensAt, timeZone), to: stampText(visit.closesAt, timeZone) })}
      </p>
      {visit.findings.length > 0 && <p className="small">{texts('visits.found', { n: visit.findings.length })}</p>}
      <Link className="btn primary" to={hrefOf({ page: 'campaigns', visit: visit.id })}>
        {texts('visits.go')}
      </Link>
    </section>
  );
}

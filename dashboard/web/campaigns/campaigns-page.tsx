import { useState } from 'react';
import type { AreaProgress } from '../../../devices/campaigns/progress.ts';
import type { ShownCampaign } from '../../../devices/campaigns/secrecy.ts';
import type { Visit } from '../../../devices/contract/campaign.ts';
import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf, useRoute } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useFetched } from '../ui/use-fetched.ts';
import { BeginDialog } from './begin-dialog.tsx';
import { VisitPage } from './visit-page.tsx';
import '../pages/pages.css';
import '../tickets/tickets.css';
import '../hazards/hazards.css';
import './campaigns.css';

const REFRESH_MS = 20_000;

interface Running extends ShownCampaign {
  readonly progress: readonly AreaProgress[];
}

/** Campaigns with their progress by area, and the visits that I may make now: on a phone those come first. */
export function CampaignsPage() {
  const texts = useTexts();
  const { visit } = useRoute();
  const [beginning, setBeginning] = useState(false);
  const running = useFetched<{ items: Running[] }>('/campaigns?state=all', REFRESH_MS);
  const mine = useFetched<{ total: number; hidden: number; items: Visit[] }>('/visits?mine=true&limit=500', REFRESH_MS);
  const changed = (): void => {
    running.reload();
    mine.reload();
  };
  if (visit) return <VisitPage key={visit} id={visit} onChanged={changed} />;
  return (
    <div className="sheet">
      <div className="sheet-in hazards">
        <header className="sheet-head">
          <div>
            <h1>{texts('campaigns.title')}</h1>
            <p className="small">{texts('campaigns.why')}</p>
          </div>
          <span className="grow" />
          <button type="button" className="btn primary" onClick={() => setBeginning(true)}>
            {texts('campaigns.begin')}
          </button>
        </header>
        {mine.problem && <div className="error">{texts.problem(mine.problem)}</div>}
        {mine.body && <MyVisits {...mine.body} />}
        {running.problem && <div className="error">{texts.problem(running.problem)}</div>}
        {running.body?.items.length === 0 && <div className="empty">{texts('campaigns.none')}</div>}
        {running.body?.items.map((campaign) => (
          <OneCampaign key={campaign.id} campaign={campaign} />
        ))}
      </div>
      {beginning && <BeginDialog onClose={() => setBeginning(false)} onDone={changed} />}
    </div>
  );
}

function MyVisits({ items, hidden }: { items: readonly Visit[]; hidden: number }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  return (
    <section>
      <h2>{texts('campaigns.mine')}</h2>
      {items.length === 0 && <p className="small muted">{texts('campaigns.mine.none')}</p>}
      <ul className="hazard-list visit-list">
        {items.map((visit) => (
          <li key={visit.id}>
            <Link to={hrefOf({ page: 'campaigns', visit: visit.id })}>
              <b>{visit.name}</b>
              <span className="small muted">{visit.address}</span>
              <span className="small">
                {texts('campaigns.open', {
                  from: stampText(visit.againAt ?? visit.opensAt, timeZone),
                  to: stampText(visit.closesAt, timeZone),
                })}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {hidden > 0 && <p className="small muted">{texts('campaigns.hidden', { n: hidden })}</p>}
    </section>
  );
}

function OneCampaign({ campaign }: { campaign: Running }) {
  const texts = useTexts();
  const city = useCity((state) => state.body?.city);
  const timeZone = city?.timeZone ?? 'UTC';
  const { draw, progress } = campaign;
  return (
    <section className="campaign">
      <h2>{campaign.name}</h2>
      <p className="small muted">
        {texts.pick(campaign.kindName)} ·{' '}
        {texts('campaigns.span', { from: stampText(campaign.from, timeZone), to: stampText(campaign.to, timeZone) })} ·{' '}
        {texts('campaigns.visits', { n: campaign.visits })} ·{' '}
        <Link to={hrefOf({ page: 'duty', view: 'map', campaign: campaign.id })}>{texts('campaigns.map')}</Link>
        {campaign.demo && <span className="tag">{texts('campaigns.demo')}</span>}
      </p>
      {draw && (
        <p className="tiny faint campaign-seed">
          {draw.seed === null
            ? texts('campaigns.seedSecret', { hash: draw.commitment })
            : `${texts('campaigns.seed')}: ${draw.seed}`}
        </p>
      )}
      <div className="campaign-table">
        <table className="table">
          <thead>
            <tr>
              <th>{texts('hazards.area')}</th>
              {columns.map(({ name }) => (
                <th key={name}>{texts(`campaigns.${name}`)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {progress.map((area) => (
              <tr key={area.area}>
                <td>
                  {texts.pick(
                    city?.areas.find(({ code }) => code === area.area)?.name ?? {
                      zh: texts('hazards.noArea'),
                      en: texts('hazards.noArea'),
                    },
                  )}
                  <progress max={area.all} value={area.stages.done} aria-label={texts('campaigns.done')} />
                </td>
                {columns.map(({ name, of }) => (
                  <td key={name}>{of(area)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** What is counted of an area. */
const columns = [
  { name: 'done', of: ({ stages }: AreaProgress) => stages.done },
  { name: 'left', of: ({ stages }: AreaProgress) => stages.planned + stages.started + stages.again },
  { name: 'again', of: ({ againDue }: AreaProgress) => againDue },
  { name: 'unreached', of: ({ stages }: AreaProgress) => stages.unreached },
  { name: 'refused', of: ({ stages }: AreaProgress) => stages.refused },
  { name: 'missed', of: ({ stages }: AreaProgress) => stages.missed },
  { name: 'findings', of: ({ findings }: AreaProgress) => findings },
] as const;

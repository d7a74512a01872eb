import type { KpiPoint, KpisBody } from '../../../devices/contract/api.ts';
import { usePlace } from '../alarms/words.ts';
import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { percentText } from './words.ts';

type Named = Pick<KpiPoint, 'device' | 'deviceName' | 'rule' | 'title'>;

/** Where it is and what it says; a device leads to its panel. */
function Name({ point: { device, deviceName, rule, title } }: { point: Named }) {
  const texts = useTexts();
  const name = usePlace().device({ device, deviceName });
  const known = useCity((state) => state.devices.has(device));
  return (
    <span className="kpis-name">
      {known ? <Link to={hrefOf({ page: 'duty', device })}>{name}</Link> : <span>{name}</span>}
      <span className="small muted">
        {texts.pick(title)} <span className="faint">{rule}</span>
      </span>
    </span>
  );
}

interface PointsProps {
  readonly title: string;
  readonly points: readonly KpiPoint[];
  /** Share of all of them in everything; null where it says nothing. */
  readonly share: number | null;
  /** How many there are, where only the first are listed. */
  readonly of?: number;
  /** The count says how often it came true. */
  readonly times?: boolean;
}

/** Points that sound often, with a bar for how often. */
export function Points({ title, points, share, of, times = false }: PointsProps) {
  const texts = useTexts();
  const most = Math.max(1, ...points.map(({ count }) => count));
  return (
    <section className="box kpis-points">
      <h2>{title}</h2>
      {share !== null && <p className="small muted">{texts('kpis.topShare', { n: percentText(share) })}</p>}
      {points.length === 0 && <p className="muted">{texts('kpis.noneHere')}</p>}
      <ol>
        {points.map((point) => (
          <li key={`${point.device} ${point.rule}`}>
            <Name point={point} />
            <span className="kpis-bar" aria-hidden="true">
              <i style={{ width: `${(100 * point.count) / most}%` }} />
            </span>
            <b>{times ? texts('kpis.chatterTimes', { n: point.count }) : point.count}</b>
          </li>
        ))}
      </ol>
      {of !== undefined && of > points.length && (
        <p className="small muted">{texts('kpis.listed', { n: of, listed: points.length })}</p>
      )}
    </section>
  );
}

/** Alarms that stood for more than a day: what nobody looks at any more. */
export function StaleAlarms({ stale }: { stale: KpisBody['stale'] }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  return (
    <section className="box kpis-points">
      <h2>{texts('kpis.stale')}</h2>
      {stale.items.length === 0 && <p className="muted">{texts('kpis.noneHere')}</p>}
      <ol>
        {stale.items.map((one) => (
          <li key={one.alarm}>
            <Name point={one} />
            <span className="small">
              {one.until === null
                ? texts('kpis.since', { at: stampText(one.since, timeZone) })
                : texts('kpis.until', { from: stampText(one.since, timeZone), to: stampText(one.until, timeZone) })}
            </span>
          </li>
        ))}
      </ol>
      {stale.count > stale.items.length && (
        <p className="small muted">{texts('kpis.listed', { n: stale.count, listed: stale.items.length })}</p>
      )}
    </section>
  );
}

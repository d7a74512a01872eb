import type { KpisBody } from '../../../devices/contract/api.ts';
import { useCity } from '../api/city.ts';
import { stampText } from '../format/age.ts';
import { useTexts } from '../i18n/i18n.ts';

const WIDTH = 1000;
const HEIGHT = 120;
/** Where a flood begins; the picture always reaches that far, so that a calm day looks calm. */
const FLOOD = 10;

/** The most in ten minutes of each stretch, with the line at which a flood begins. */
export function RateChart({ body: { columns, columnMs, from, to } }: { body: KpisBody }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const most = Math.max(FLOOD * 1.2, ...columns.map(([, count]) => count));
  const x = (at: number): number => (WIDTH * (at - from)) / (to - from);
  const y = (count: number): number => HEIGHT - (HEIGHT * count) / most;
  const width = Math.max(1.5, (WIDTH * columnMs) / (to - from) - 1);
  return (
    <section className="box kpis-chart">
      <h2>{texts('kpis.chart')}</h2>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img">
        <title>{texts('kpis.chart')}</title>
        {columns.map(([at, count]) => (
          <rect key={at} x={Math.max(0, x(at))} y={y(count)} width={width} height={HEIGHT - y(count)}>
            <title>{`${stampText(at, timeZone)} · ${count}`}</title>
          </rect>
        ))}
        <line x1="0" x2={WIDTH} y1={y(FLOOD)} y2={y(FLOOD)} />
      </svg>
      <p className="kpis-axis tiny muted">
        <span>{stampText(from, timeZone)}</span>
        <span>{texts('kpis.chartText')}</span>
        <span>{stampText(to, timeZone)}</span>
      </p>
    </section>
  );
}

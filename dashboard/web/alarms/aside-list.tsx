import type { Alarm } from '../../../devices/contract/alarm.ts';
import { EndButton, OverrideWords } from '../device/aside-box.tsx';
import { useTexts } from '../i18n/i18n.ts';
import { useStanding } from './standing.ts';
import { usePlace } from './words.ts';

/** Above the alarms that are put aside: how many by what, and what stands over points that have no alarm now. */
export function AsideHead({ rows }: { rows: readonly Alarm[] }) {
  const texts = useTexts();
  const place = usePlace();
  const standing = useStanding((state) => state.body?.standing) ?? [];
  const by = (kind: string): number => rows.filter((row) => row.override?.kind === kind).length;
  const quiet = standing.filter(
    ({ device, rule }) => !rows.some((row) => row.device === device && (rule === null || row.rule === rule)),
  );
  return (
    <section className="aside-head" aria-label={texts('tab.aside')}>
      <p className="small muted" role="status">
        {texts('aside.counts', {
          shelved: by('shelved'),
          service: by('out-of-service'),
          suppressed: by('suppressed'),
        })}
      </p>
      {quiet.length > 0 && (
        <>
          <h2 className="over">{texts('aside.quiet', { n: quiet.length })}</h2>
          <ul className="asides">
            {quiet.map((one) => (
              <li key={`${one.device} ${one.rule} ${one.override.kind}`}>
                <span>
                  <span className="small">{place.point(one)}</span>
                  <br />
                  <OverrideWords override={one.override} />
                </span>
                <EndButton point={one} kind={one.override.kind} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

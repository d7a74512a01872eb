import type { KpisBody } from '../../../devices/contract/api.ts';
import { spanText } from '../format/age.ts';
import { groupText } from '../format/value.ts';
import { useTexts } from '../i18n/i18n.ts';
import { PriorityMark } from '../ui/priority.tsx';
import { percentText } from './words.ts';

/** How the priorities share what sounded, beside the share to aim for, and how long each waited for somebody. */
export function PrioritySplit({ body: { priorities, targets } }: { body: KpisBody }) {
  const texts = useTexts();
  const target = { P1: targets.split.P1, P2: targets.split.P2, P3: targets.split.rest, P4: null } as const;
  return (
    <section className="box kpis-split">
      <h2>{texts('kpis.split')}</h2>
      {priorities.length === 0 && <p className="muted">{texts('kpis.noneHere')}</p>}
      {priorities.length > 0 && (
        <table>
          <thead>
            <tr>
              <th />
              <th>{texts('kpis.count')}</th>
              <th>{texts('kpis.share')}</th>
              <th>{texts('kpis.target')}</th>
              <th>{texts('kpis.ack')}</th>
            </tr>
          </thead>
          <tbody>
            {priorities.map(({ priority, count, share, acknowledged, meanAckMs }) => (
              <tr key={priority}>
                <td>
                  <PriorityMark priority={priority} size={18} quiet /> {texts(`priority.${priority}`)}
                </td>
                <td>{groupText(count)}</td>
                <td>{percentText(share)}</td>
                <td className="muted">{target[priority] === null ? '—' : percentText(target[priority])}</td>
                <td>
                  {meanAckMs === null ? '—' : spanText(meanAckMs)}{' '}
                  <span className="small faint">{texts('kpis.acked', { n: acknowledged })}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

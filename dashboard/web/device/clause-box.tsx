import type { Alarm } from '../../../devices/contract/alarm.ts';
import { useCatalogueItems, usePlace } from '../alarms/words.ts';
import { Link } from '../frame/link.tsx';
import { hrefOf } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';

/** The clause an alarm stands on, where its words come from, and who answers for it. */
export function ClauseBox({ alarm }: { alarm: Alarm }) {
  const texts = useTexts();
  const place = usePlace();
  const { clause } = alarm;
  const known = useCatalogueItems().has(clause.item);
  return (
    <>
      <section className="box">
        <h2>{texts('clause.title')}</h2>
        <div className="clause-name">
          {clause.item && known ? (
            <Link to={hrefOf({ page: 'standards', item: clause.item })}>
              <b>{place.clause(alarm)}</b>
            </Link>
          ) : (
            <b>{place.clause(alarm)}</b>
          )}
        </div>
        {clause.item ? (
          <>
            <div className="clause-tags">
              <span className={`tag${clause.provenance === 'quoted' ? ' solid' : ' draft'}`}>
                {texts(`provenance.${clause.provenance}`)}
              </span>
              <span className="tag draft">{texts('clause.draft', { version: clause.catalogueVersion })}</span>
              {clause.overlays?.map(({ id, title }) => (
                <span className="tag" key={id}>
                  {texts('clause.overlays')}：{texts.pick(title)}
                </span>
              ))}
            </div>
            {clause.text && <blockquote className="small">{clause.text}</blockquote>}
            {clause.procedure && (
              <p className="small muted">
                <span className="faint">{texts('clause.procedure')}</span> {clause.procedure}
              </p>
            )}
            {clause.problem && (
              <p className="small muted">
                <span className="faint">{texts('clause.problem')}</span> {clause.problem}
              </p>
            )}
          </>
        ) : (
          <p className="small muted">{texts('clause.platform')}</p>
        )}
      </section>
      <section className="box">
        <h2>{texts('people.title')}</h2>
        <dl className="kv">
          <dt>{texts('people.lead')}</dt>
          <dd>
            <b>{place.department(clause.department)}</b>
          </dd>
          {clause.cooperating.length > 0 && (
            <>
              <dt>{texts('people.with')}</dt>
              <dd>{clause.cooperating.map(place.department).join(texts('list.and'))}</dd>
            </>
          )}
        </dl>
      </section>
    </>
  );
}

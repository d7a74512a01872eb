import { useEffect, useMemo } from 'react';
import { ceilingOf, levelFor } from '../../../devices/city/ceiling-levels.ts';
import type { Item, Procedure, Rule } from '../../../devices/contract/catalogue.ts';
import type { Ceiling } from '../../../devices/contract/ceiling.ts';
import { usePlace } from '../alarms/words.ts';
import { loadStandards, useCity } from '../api/city.ts';
import { fullStampText } from '../format/age.ts';
import { patchRoute, useRoute } from '../frame/route.ts';
import { type Texts, useTexts } from '../i18n/i18n.ts';
import { PriorityMark } from '../ui/priority.tsx';
import { foundIn, ruleInWords } from './catalogue-words.ts';
import { Proposals } from './proposals.tsx';
import './pages.css';

/** The catalogue to read and to search: where every word comes from, and how many alarms stand on each item now. */
export function StandardsPage() {
  const texts = useTexts();
  const route = useRoute();
  const standards = useCity((state) => state.standards);
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  useEffect(() => {
    loadStandards().catch(() => undefined);
  }, []);
  const domains = useMemo(() => (standards ? foundIn(standards.catalogue, route.q) : []), [standards, route.q]);
  const ready = standards !== null;
  useEffect(() => {
    if (ready && route.item) document.getElementById(`item-${route.item}`)?.scrollIntoView({ block: 'start' });
  }, [ready, route.item]);
  if (!standards) return <div className="empty">{texts('loading')}</div>;
  const { catalogue, open, inForce, overlays, ceilings } = standards;
  const count = domains.reduce(
    (sum, domain) => sum + domain.categories.reduce((all, category) => all + category.items.length, 0),
    0,
  );
  return (
    <div className="sheet">
      <div className="sheet-in">
        <header className="sheet-head">
          <h1>{texts.pick(catalogue.title)}</h1>
          <span className="tag draft">{texts('clause.draft', { version: catalogue.version })}</span>
          {inForce !== null && inForce.from > 0 && (
            <span className="small muted">
              {texts('standards.since', { at: fullStampText(inForce.from, timeZone) })}
            </span>
          )}
          {catalogue.effective && inForce?.from === 0 && (
            <span className="small muted">{texts('standards.since', { at: catalogue.effective.from })}</span>
          )}
          {overlays.length > 0 && (
            <span className="small muted">
              {texts('standards.overlays', {
                names: overlays.map(({ title }) => texts.pick(title)).join(texts('list.and')),
              })}
            </span>
          )}
        </header>
        <div className="draft-bar" role="note">
          <b className="nowrap">{texts('standards.draft')}</b>
          <span>
            {texts.pick(catalogue.warning)}
            {catalogue.officialTotal && (
              <span className="muted">
                {' '}
                {texts('standards.official', {
                  domains: catalogue.officialTotal.domains,
                  categories: catalogue.officialTotal.categories,
                  items: catalogue.officialTotal.items,
                })}
              </span>
            )}
          </span>
        </div>
        <Proposals />
        <div className="search-row">
          <input
            className="input"
            type="search"
            value={route.q}
            placeholder={texts('standards.search')}
            aria-label={texts('standards.search')}
            onChange={(event) => patchRoute({ q: event.target.value })}
          />
          <span className="muted small" role="status">
            {texts('standards.count', { n: count })}
          </span>
        </div>
        <div className="std">
          <nav className="std-nav" aria-label={texts('standards.nav')}>
            {domains.map((domain) => (
              <section key={domain.code}>
                <h3>{texts.pick(domain.name)}</h3>
                {domain.categories.map((category) => (
                  <a
                    key={category.code}
                    href={`#cat-${category.code}`}
                    onClick={(event) => {
                      event.preventDefault();
                      document.getElementById(`cat-${category.code}`)?.scrollIntoView({ block: 'start' });
                    }}
                  >
                    <span className="clip">
                      {category.code} {texts.pick(category.name)}
                    </span>
                    <span className="grow" />
                    <span className="faint">{category.items.length}</span>
                  </a>
                ))}
              </section>
            ))}
          </nav>
          <div>
            {count === 0 && <div className="empty">{texts('standards.none')}</div>}
            {domains.map((domain) => (
              <section key={domain.code} className="std-domain">
                <h2>{texts.pick(domain.name)}</h2>
                {domain.categories.map((category) => (
                  <section key={category.code}>
                    <div className="std-cat" id={`cat-${category.code}`}>
                      <h3>
                        {category.code} {texts.pick(category.name)}
                      </h3>
                      <span className="tag draft">{texts(`category.${category.status}`)}</span>
                    </div>
                    {category.items.map((item) => (
                      <ItemCard
                        key={item.code}
                        item={item}
                        procedure={catalogue.procedures[item.procedure ?? '']}
                        ceilings={ceilings}
                        open={open[item.code] ?? 0}
                        at={route.item === item.code}
                        expanded={route.item === item.code || (route.q !== '' && count <= 3)}
                      />
                    ))}
                  </section>
                ))}
              </section>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

interface CardProps {
  readonly item: Item;
  readonly procedure: Procedure | undefined;
  readonly ceilings: readonly Ceiling[];
  readonly open: number;
  readonly at: boolean;
  readonly expanded: boolean;
}

function ItemCard({ item, procedure, ceilings, open, at, expanded }: CardProps) {
  const texts = useTexts();
  const place = usePlace();
  const type = useCity((state) => state.types.get(item.deviceType));
  const limit = item.timeLimit;
  const times = [
    limit.ackMin !== null && texts('standards.ack', { n: limit.ackMin }),
    limit.arriveMin !== null && texts('standards.arrive', { n: limit.arriveMin }),
    limit.makeSafeMin !== null && texts('standards.makeSafe', { n: limit.makeSafeMin }),
    limit.closeH !== null && texts('standards.close', { n: limit.closeH }),
  ].filter((text) => text !== false);
  return (
    <details className={`item${at ? ' at' : ''}`} id={`item-${item.code}`} open={expanded || undefined}>
      <summary>
        <span className="code">{item.code}</span>
        <b>{texts.pick(item.name)}</b>
        <span className="grow" />
        {open > 0 && <span className="item-open">{texts('standards.open', { n: open })}</span>}
        <span className={`tag${item.standard.provenance === 'quoted' ? ' solid' : ' draft'}`}>
          {texts(`provenance.${item.standard.provenance}`)}
        </span>
      </summary>
      <div className="item-body">
        <blockquote lang="zh-CN">{item.standard.text}</blockquote>
        <dl className="kv">
          {item.standard.source && (
            <>
              <dt>{texts('standards.source')}</dt>
              <dd>{item.standard.source}</dd>
            </>
          )}
          <dt>{texts('clause.problem')}</dt>
          <dd lang="zh-CN">{item.problem}</dd>
          <dt>{texts('people.lead')}</dt>
          <dd>
            {place.department(item.leadDepartment)}
            {item.cooperating.length > 0 && (
              <span className="muted">
                {' '}
                · {texts('people.with')} {item.cooperating.map(place.department).join(texts('list.and'))}
              </span>
            )}
          </dd>
          <dt>{texts('standards.device')}</dt>
          <dd>{type ? texts.pick(type.title) : item.deviceType}</dd>
          {times.length > 0 && (
            <>
              <dt>{texts('standards.times')}</dt>
              <dd>
                {times.join(texts('list.and'))} <span className="faint">· {texts(`clock.${limit.clock}`)}</span>
              </dd>
            </>
          )}
        </dl>
        <ul className="rules">
          {item.rules.map((rule) => (
            <li key={rule.id}>
              <PriorityMark priority={rule.priority} size={18} />
              <div>
                <b>{texts.pick(rule.title)}</b>{' '}
                <span className="small">{ruleInWords(rule, type?.measurements[rule.measurement], texts)}</span>
                <div className="tiny faint">
                  {[...new Set(rule.basis.map((basis) => texts(`basis.${basis.status}`)))].join(texts('list.and'))}
                  {rule.basis[0] && ` · ${rule.basis[0].src}`}
                  {ceilingWords(item, rule, ceilings, texts)}
                </div>
              </div>
            </li>
          ))}
        </ul>
        {procedure && (
          <details className="small">
            <summary>
              {texts('standards.procedure')}：{texts.pick(procedure.title)}{' '}
              {procedure.provenance === 'illustrative' && (
                <span className="faint">{texts('standards.illustrative')}</span>
              )}
            </summary>
            <ol>
              {procedure.steps.map((step) => (
                <li key={step.text.en}>{texts.pick(step.text)}</li>
              ))}
            </ol>
          </details>
        )}
        {item.note && <p className="small muted">{item.note}</p>}
      </div>
    </details>
  );
}

/** The ceiling a rule stands under, with its scope. */
function ceilingWords(item: Item, rule: Rule, ceilings: readonly Ceiling[], texts: Texts): string {
  const ceiling = ceilingOf(ceilings, item.deviceType, rule);
  if (!ceiling) return '';
  const { max } = levelFor(ceiling, rule.priority);
  const words = { value: max.value, unit: max.unit.replace(/[{}[\]]/g, ''), scope: texts.pick(ceiling.scope) };
  return ` · ${texts('standards.ceiling', words)}`;
}

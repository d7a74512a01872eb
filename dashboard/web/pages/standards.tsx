import { useEffect, useMemo } from 'react';
import type { Item } from '../../../devices/contract/catalogue.ts';
import { usePlace } from '../alarms/words.ts';
import { loadStandards, useCity } from '../api/city.ts';
import { patchRoute, useRoute } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { PriorityMark } from '../ui/priority.tsx';
import { foundIn, ruleInWords } from './catalogue-words.ts';
import './pages.css';

/** The catalogue to read and to search: where every word comes from, and how many alarms stand on each item now. */
export function StandardsPage() {
  const texts = useTexts();
  const route = useRoute();
  const standards = useCity((state) => state.standards);
  useEffect(() => {
    loadStandards().catch(() => undefined);
  }, []);
  const domains = useMemo(() => (standards ? foundIn(standards.catalogue, route.q) : []), [standards, route.q]);
  const ready = standards !== null;
  useEffect(() => {
    if (ready && route.item) document.getElementById(`item-${route.item}`)?.scrollIntoView({ block: 'start' });
  }, [ready, route.item]);
  if (!standards) return <div className="empty">{texts('loading')}</div>;
  const { catalogue, open } = standards;
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

function ItemCard({ item, open, at, expanded }: { item: Item; open: number; at: boolean; expanded: boolean }) {
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
                  {'ceiling' in rule &&
                    rule.ceiling &&
                    ` · ${texts('standards.ceiling', { value: rule.ceiling.value, unit: rule.ceiling.unit.replace(/[{}]/g, ''), scope: rule.ceiling.scope })}`}
                </div>
              </div>
            </li>
          ))}
        </ul>
        {item.note && <p className="small muted">{item.note}</p>}
      </div>
    </details>
  );
}

import type { DeviceBody } from '../../../devices/contract/api.ts';
import { isGood } from '../../../devices/model/quality.ts';
import { usePlace } from '../alarms/words.ts';
import { useCity } from '../api/city.ts';
import { ageText } from '../format/age.ts';
import { valueText } from '../format/value.ts';
import { patchRoute } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { useBeat } from '../live/store.ts';

/** All newest values with their ages; a click draws the curve. Old ones never look fresh. */
export function Values({ record }: { record: DeviceBody }) {
  const texts = useTexts();
  const now = useBeat((beat) => beat.now);
  const types = useCity((state) => state.types);
  const words = { yes: texts('value.yes'), no: texts('value.no'), none: texts('value.none') };
  const measurements = types.get(record.type)?.measurements ?? {};
  const rows = Object.entries(record.values);
  return (
    <section className="box">
      <h2>{texts('values.title')}</h2>
      {rows.length === 0 && <p className="small muted">{texts('values.never')}</p>}
      <ul className="values">
        {rows.map(([name, [value, at, quality]]) => {
          const measurement = measurements[name];
          const { figure, unit } = valueText(value, measurement?.unit ?? '1', words, measurement, texts.language);
          const old = measurement?.everyMs !== undefined && now - at > measurement.everyMs * 3;
          return (
            <li key={name}>
              <button type="button" title={name} onClick={() => patchRoute({ measurement: name })}>
                <span className="clip">{measurement ? texts.pick(measurement.title) : name}</span>
                <span className="grow" />
                <span className={old || record.stale ? 'faint' : undefined}>
                  <b>{figure}</b> <small>{unit}</small>
                  {!isGood(quality) && (
                    <abbr className="doubt" title={texts('value.doubtful')}>
                      ?
                    </abbr>
                  )}
                </span>
                <span className={`values-age${old ? ' old' : ''}`}>{ageText(now - at, texts('age.day'))}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const day = 86_400_000;

/** What the registry knows of the device. */
export function Facts({ record, onDevice }: { record: DeviceBody; onDevice: (id: string) => void }) {
  const texts = useTexts();
  const place = usePlace();
  const now = useBeat((beat) => Math.floor(beat.now / day) * day);
  const gateways = useCity((state) => state.devices);
  const behind = record.gateway
    ? [...gateways.values()].filter((device) => device.gateway === record.gateway).length
    : 0;
  const left = record.expires ? Math.floor((Date.parse(record.expires) - now) / day) : null;
  const rows: [string, React.ReactNode][] = [
    [
      texts('facts.id'),
      <span key="id" className="mono">
        {record.id}
      </span>,
    ],
    [texts('facts.model'), record.model],
    [
      texts('facts.gas'),
      record.gas &&
        `${texts(`gas.${record.gas}`)}${record.gasUnit ? ` · ${record.gasUnit.replace(/[{}[\]]/g, '')}` : ''}`,
    ],
    [
      texts('facts.site'),
      record.siteRecord && ((texts.language === 'en' && record.siteRecord.nameEn) || record.siteRecord.name),
    ],
    [texts('facts.address'), record.address],
    [texts('facts.area'), record.area && place.area(record.area)],
    [
      texts('facts.gateway'),
      record.gateway && `${record.gatewayRecord?.name ?? record.gateway} · ${texts('facts.behind', { n: behind })}`,
    ],
    [
      texts('facts.mounted'),
      record.mountedOn && (
        <button type="button" className="link" onClick={() => record.mountedOn && onDevice(record.mountedOn)}>
          {record.mountedOn}
        </button>
      ),
    ],
    [texts('facts.owner'), record.owner && place.department(record.owner)],
    [texts('facts.operator'), record.operator && place.department(record.operator)],
    [texts('facts.maintainer'), record.maintainer && place.department(record.maintainer)],
    [texts('facts.installed'), record.installed],
    [
      texts('facts.expires'),
      record.expires && (
        <>
          {record.expires}{' '}
          {left !== null && (
            <span className={left < 0 ? 'tag solid' : 'faint'}>
              {left < 0 ? texts('facts.expired', { n: -left }) : texts('facts.left', { n: left })}
            </span>
          )}
        </>
      ),
    ],
    ...Object.entries(record.constants ?? {}).map(([name, { value, unit }]): [string, string] => [
      name,
      `${value} ${unit.replace(/[{}[\]]/g, '')}`,
    ]),
    ...Object.entries(record.attributes ?? {}).map(([name, value]): [string, string] => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
    [texts('facts.position'), `${record.lon.toFixed(5)}, ${record.lat.toFixed(5)}`],
    [texts('facts.attribution'), record.attribution],
  ];
  return (
    <section className="box">
      <h2>{texts('facts.title')}</h2>
      <dl className="kv">
        {rows
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name} className="kv-row">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

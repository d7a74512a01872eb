import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { DeviceBody, ReadingsBody } from '../../../devices/contract/api.ts';
import type { Value } from '../../../devices/contract/entry.ts';
import { unitText } from '../../../devices/model/units.ts';
import { useCity } from '../api/city.ts';
import { type ApiProblem, api, problemOf } from '../api/client.ts';
import { clockText, stampText } from '../format/age.ts';
import { numberText, valueText } from '../format/value.ts';
import { patchRoute } from '../frame/route.ts';
import { useTexts } from '../i18n/i18n.ts';
import { nowOfPlatform, useBeat } from '../live/store.ts';
import { toCurve } from './curve-data.ts';

const Curve = lazy(() => import('./curve.tsx').then((module) => ({ default: module.Curve })));
const spans = { '1h': 3_600_000, '6h': 6 * 3_600_000, '24h': 86_400_000 } as const;
type Span = keyof typeof spans;

/** One measurement over the last hours: its limits as lines, its silences as gaps. */
export function CurveBox({
  record,
  measurement,
  names,
}: {
  record: DeviceBody;
  measurement: string;
  names: readonly string[];
}) {
  const texts = useTexts();
  const [chosen, setSpan] = useState<Span | null>(null);
  const { body, problem } = useReadings(record, measurement, chosen ?? '24h');
  const span = chosen ?? fittingSpan(body?.samples[0]?.[0], nowOfPlatform());
  const types = useCity((state) => state.types);
  const declared = types.get(record.type)?.measurements ?? {};
  const title = (name: string): string => (declared[name] ? texts.pick(declared[name].title) : name);
  return (
    <section className="curve-box">
      <div className="curve-head">
        {names.length > 1 ? (
          <select
            className="input"
            aria-label={texts('curve.measurement')}
            value={measurement}
            onChange={(event) => patchRoute({ measurement: event.target.value })}
          >
            {[...new Set([measurement, ...names])].map((name) => (
              <option key={name} value={name}>
                {title(name)}
              </option>
            ))}
          </select>
        ) : (
          <b className="small clip">{title(measurement)}</b>
        )}
        <span className="grow" />
        <fieldset className="spans" aria-label={texts('curve.span')}>
          {(Object.keys(spans) as Span[]).map((name) => (
            <button key={name} type="button" aria-pressed={span === name} onClick={() => setSpan(name)}>
              {texts(`curve.${name}`)}
            </button>
          ))}
        </fieldset>
      </div>
      {problem && <div className="error">{texts.problem(problem)}</div>}
      {!problem && !body && <div className="curve-wait faint small">{texts('loading')}</div>}
      {body && (
        <Drawn
          body={body}
          span={spans[span]}
          kind={declared[measurement]?.kind}
          record={record}
          measurement={measurement}
        />
      )}
    </section>
  );
}

/** A day, or less where all there is fits into less: a device of this morning is no needle at the edge of a day. */
function fittingSpan(first: number | undefined, now: number): Span {
  if (first === undefined) return '24h';
  return (['1h', '6h'] as const).find((span) => now - first < spans[span]) ?? '24h';
}

/** Readings from the store, carried on with what the stream brings. */
function useReadings(record: DeviceBody, measurement: string, span: Span) {
  const [read, setRead] = useState<{ body: ReadingsBody | null; problem: ApiProblem | null }>({
    body: null,
    problem: null,
  });
  useEffect(() => {
    const aborted = new AbortController();
    const to = Math.round(nowOfPlatform());
    const query = new URLSearchParams({
      device: record.id,
      measurement,
      from: String(to - spans[span]),
      to: String(to),
      maxSamples: '1000',
    });
    api<ReadingsBody>(`/readings?${query}`, { signal: aborted.signal }).then(
      (body) => setRead({ body, problem: null }),
      (error) => aborted.signal.aborted || setRead({ body: null, problem: problemOf(error) }),
    );
    return () => aborted.abort();
  }, [record.id, measurement, span]);
  const newest = record.values[measurement];
  useEffect(() => {
    if (!newest) return;
    const [value, at, quality] = newest;
    setRead((before) => {
      if (!before.body) return before;
      const last = before.body.samples.at(-1);
      if (last && last[0] >= at) return before;
      const sample: readonly [number, Value, number] = [at, value, quality];
      return { ...before, body: { ...before.body, samples: [...before.body.samples, sample] } };
    });
  }, [newest]);
  return read;
}

function Drawn({
  body,
  span,
  kind,
  record,
  measurement,
}: {
  body: ReadingsBody;
  span: number;
  kind?: string;
  record: DeviceBody;
  measurement: string;
}) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const minute = useBeat((beat) => Math.floor(beat.now / 10_000) * 10_000);
  const curve = useMemo(() => toCurve(body, minute), [body, minute]);
  if (body.samples.length === 0) return <div className="curve-wait muted small">{texts('curve.none')}</div>;
  const text = body.samples.every(([, value]) => typeof value === 'string');
  if (text) return <TextSamples body={body} record={record} measurement={measurement} />;
  const numbers = curve.values.filter((value): value is number => value !== null);
  const said = texts('curve.said', {
    low: numberText(Math.min(...numbers)),
    high: numberText(Math.max(...numbers)),
    unit: unitText(body.unit, texts.language),
    gaps: curve.gaps.length,
    doubtful: curve.doubtful.length,
  });
  const limits = body.limits.map((limit) => ({
    title: texts.pick(limit.title),
    priority: limit.priority,
    value: limit.value,
    op: limit.op,
  }));
  return (
    <>
      <Suspense fallback={<div className="curve-wait faint small">{texts('loading')}</div>}>
        <Curve
          curve={curve}
          limits={limits}
          from={beginOf(body.samples[0]?.[0] ?? minute, minute, span) / 1000}
          // The newest reading is in the picture, also when the picture's clock has not reached it yet.
          to={Math.max(minute, body.samples.at(-1)?.[0] ?? 0) / 1000}
          stepped={kind === 'boolean'}
          label={said}
          gapWord={(minutes) => texts('curve.gap', { n: minutes })}
          clock={(at) => clockText(at, timeZone, false)}
          unit={unitText(body.unit, texts.language)}
        />
      </Suspense>
      <p className="tiny faint curve-foot">
        {curve.gaps.length > 0 && <span>{texts('curve.gaps', { n: curve.gaps.length })}</span>}
        {curve.doubtful.length > 0 && <span>{texts('curve.doubtful', { n: curve.doubtful.length })}</span>}
        <span>
          {texts('curve.samples', {
            n: body.samples.length,
            since: stampText(body.samples[0]?.[0] ?? minute, timeZone),
          })}
        </span>
      </p>
    </>
  );
}

/** Never less than this is drawn, ms. */
const LEAST_SPAN = 600_000;

/** Where the curve begins: at the span asked for, or at the first reading where nothing was heard before it. */
const beginOf = (first: number, now: number, span: number): number =>
  Math.max(now - span, Math.min(first, now - LEAST_SPAN));

/** Words over time are a list, newest first. */
function TextSamples({ body, record, measurement }: { body: ReadingsBody; record: DeviceBody; measurement: string }) {
  const texts = useTexts();
  const timeZone = useCity((state) => state.body?.city.timeZone ?? 'UTC');
  const declared = useCity((state) => state.types.get(record.type)?.measurements[measurement]);
  const words = { yes: texts('value.yes'), no: texts('value.no'), none: texts('value.none') };
  const changes = body.samples
    .filter((sample, index) => index === 0 || sample[1] !== body.samples[index - 1]?.[1])
    .slice(-8)
    .reverse();
  return (
    <ol className="history">
      {changes.map(([at, value]) => (
        <li key={at}>
          <time>{clockText(at, timeZone)}</time>
          <b>{valueText(value, body.unit, words, declared, texts.language).figure}</b>
        </li>
      ))}
    </ol>
  );
}

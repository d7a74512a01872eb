import type { GatewayStats } from '../app.ts';
import type { CertificateInfo } from '../opcua/pki.ts';
import type { FieldStatus } from '../watch/field-watch.ts';
import type { Refusal } from '../watch/refusals.ts';
import { alarmsView } from './alarms-view.ts';
import { clockText, type Frame } from './frame.ts';
import { type Html, html } from './html.ts';
import { bytesText, isText, type Say, sayIn, spanText, type TextKey } from './texts.ts';

export interface StatusParts {
  readonly stats: GatewayStats;
  readonly uplink: string;
  readonly refused: readonly Refusal[];
  readonly certificates: readonly CertificateInfo[];
}

/** Everything a technician on site asks first: is it connected, what waits, what was refused, whose certificate is missing. */
export function statusView(frame: Frame, parts: StatusParts): Html {
  const say = sayIn(frame.language);
  return html`${platform(frame, parts, say)}
${alarmsView(frame, parts.stats.alarms)}
${parts.stats.conditions.length > 0 ? troubles(parts.stats, say) : ''}
${field(frame, parts.stats.sources, say)}
${parts.stats.stations.length > 0 ? stations(parts.stats, say) : ''}
${refusedBox(parts, say)}
${parts.stats.stations.length > 0 || parts.certificates.length > 0 ? certificates(parts.certificates, frame, say) : ''}
${further(parts.stats, say)}`;
}

const cell = (name: string, value: Html | string | number): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
const state = (up: boolean, say: Say): Html =>
  html`<span class="state${up ? '' : ' off'}">${say(up ? 'connected' : 'disconnected')}</span>`;

function platform({ language, now }: Frame, { stats, uplink }: StatusParts, say: Say): Html {
  const { connected, connectedSince, outbox, taken, sent } = stats;
  const share = Math.min(1, outbox.bytes / outbox.capBytes);
  const since = say('since', { age: spanText(now - connectedSince, language) });
  const waiting = numberIn(stats, 'backlog');
  const oldest = oldestOf(stats);
  return html`<section><h2>${say('platform')}</h2>
<p class="line"><b>${uplink}</b> ${state(connected, say)} <span class="small">${since}</span></p>
<h2></h2>
<dl class="cells">
${waiting === undefined ? '' : cell(say('waiting'), waiting)}
${oldest === undefined ? '' : cell(say('oldest'), say('ago', { age: spanText(now - oldest, language) }))}
${cell(say('stored'), html`${bytesText(outbox.bytes)} <small>${say('of')} ${bytesText(outbox.capBytes)}</small>`)}
${cell(say('taken'), taken)}
${cell(say('sent'), sent)}
</dl>
<div class="meter${share > 0.8 ? ' full' : ''}" aria-hidden="true"><svg preserveAspectRatio="none" viewBox="0 0 100 1"><rect width="${(share * 100).toFixed(1)}" height="1"/></svg></div>
</section>`;
}

/** What the gateway reports of itself and its devices, in the words it reports it with. */
function troubles({ conditions }: GatewayStats, say: Say): Html {
  return html`<section><h2 class="bad">${say('troubles')}</h2><ul class="list">${conditions.map(
    ({ condition, device, at, facts }) => html`<li>
<span class="line"><b>${isText(condition) ? say(condition) : condition}</b> ${device ?? ''} <time>${clockText(at)}</time></span>
<span class="small">${Object.entries(facts)
      .map(([name, value]) => `${name} = ${value}`)
      .join(', ')}</span></li>`,
  )}</ul></section>`;
}

function field({ language, now }: Frame, sources: readonly FieldStatus[], say: Say): Html {
  const heard = ({ lastAt, lastRow }: FieldStatus): Html => {
    if (lastAt === null || !lastRow) return html`<span class="small">${say('never')}</span>`;
    const values = Object.entries(lastRow.values).map(([name, value]) => `${name} = ${String(value)}`);
    const shown = values.length > 3 ? `${values.slice(0, 3).join(', ')}, …` : values.join(', ');
    const age = now - lastAt < 1500 ? say('now') : say('ago', { age: spanText(now - lastAt, language) });
    return html`<span class="small">${say('lastHeard')} ${age}: ${lastRow.device} ${shown}</span>`;
  };
  return html`<section><h2>${say('field')}</h2><ul class="list">${sources.map(
    (source) => html`<li>
<span class="line"><b>${source.address}</b> ${state(source.connected, say)} <span class="small">${say('since', { age: spanText(now - source.since, language) })}</span></span>
<span class="line"><span class="small${source.secure ? '' : ' bad'}">${source.security}${source.secure ? '' : ` · ${say('insecure')}`}</span> ${heard(source)}</span>
</li>`,
  )}</ul></section>`;
}

function stations({ stations }: GatewayStats, say: Say): Html {
  return html`<section><h2>${say('stations')}</h2><ul class="list">${stations.map(
    (one) => html`<li><b>${one.endpoint}</b>
${one.problem ? html`<span class="foreign small">${/certificate/i.test(one.problem) ? html`<b>${say('untrusted')}</b><br>` : ''}${one.problem}</span>` : ''}
<span class="line small"><span>${one.nodes} ${say('nodes')}</span>
${one.clockOffsetMs === null ? '' : html`<span>${say('clockOffset')} ${signed(one.clockOffsetMs)} ms</span>`}
${one.refreshed > 0 ? html`<span>${say('refreshed')} ${one.refreshed}</span>` : ''}
${one.history.open > 0 ? html`<span>${say('gapsOpen')} ${one.history.open}</span>` : ''}
${one.history.fetched > 0 ? html`<span>${say('fetched')} ${one.history.fetched}</span>` : ''}
${one.overwritten > 0 ? html`<span>${say('overwritten')} ${one.overwritten}</span>` : ''}
${one.holds > 0 ? html`<span>${say('holds')} ${one.holds}</span>` : ''}
${(['server', 'gateway'] as const).map((whose) => (one.timedBy[whose] > 0 ? html`<span>${say(`timedBy.${whose}`)} ${one.timedBy[whose]}</span>` : ''))}</span>
${one.events.problem === null ? '' : html`<span class="foreign small">${one.events.problem}</span>`}
${few(one.refused.map(nodeAndStatus), html`<span class="bad">${one.refused.length} ${say('unreadable')}</span>`)}
${few(one.withoutDeadband.map(nodeAndStatus), html`${one.withoutDeadband.length} ${say('withoutDeadband')}`)}
${few(
  one.events.unmapped.map(({ source, sourceName, condition }) => `${source} (${sourceName}) ${condition}`),
  html`${one.events.unmapped.length} ${say('unmappedConditions')}`,
)}</li>`,
  )}</ul></section>`;
}

const nodeAndStatus = ({ node, status }: { readonly node: string; readonly status: string }) => `${node} ${status}`;

/** The first of a list behind its title; nothing where the list is empty. */
const few = (list: readonly string[], title: Html): Html | '' =>
  list.length === 0
    ? ''
    : html`<span class="small">${title}: ${list.slice(0, 5).join('; ')}${list.length > 5 ? '; …' : ''}</span>`;

const signed = (ms: number): string => `${ms > 0 ? '+' : ''}${Math.round(ms)}`;

function refusedBox({ stats, refused }: StatusParts, say: Say): Html {
  return html`<section><h2>${say('refusedSince')}: ${stats.refused}</h2>
${refused.length === 0 ? html`<p class="small">${say('nothingRefused')}</p>` : refusedList(refused.slice(0, 5))}
${refused.length > 5 ? html`<p><a href="/refused">${say('all')}</a></p>` : ''}</section>`;
}

/** Refusals, newest first: what a device or a server sent is foreign text and shown as text. */
export const refusedList = (refused: readonly Refusal[]): Html =>
  html`<ul class="list">${refused.map(
    ({ at, reason }) =>
      html`<li><span class="line"><time>${clockText(at)}</time></span><span class="small">${reason}</span></li>`,
  )}</ul>`;

function certificates(all: readonly CertificateInfo[], { gateway, now }: Frame, say: Say): Html {
  const of = (...standings: readonly CertificateInfo['standing'][]) =>
    all.filter(({ standing }) => standings.includes(standing));
  const rejected = of('rejected');
  const one = (info: CertificateInfo, key: TextKey | null, command: string | null): Html => html`<li>
<span class="line"><b>${info.subject}</b> ${key ? html`<span class="small">${say(key)}</span>` : ''}</span>
<span class="small">${info.applicationUri}</span>
<span class="small">SHA-1 <code>${info.sha1}</code></span>
<span class="small${info.validTo < now ? ' bad' : ''}">${say('validTo')} ${clockText(info.validTo).slice(0, 10)}</span>
${command ? html`<span class="small">${say('compare')}<code class="run">${command}</code></span>` : ''}</li>`;
  return html`<section><h2 ${rejected.length > 0 ? html`class="bad"` : ''}>${say('rejected')}${rejected.length > 0 ? `: ${rejected.length}` : ''}</h2>
${
  rejected.length === 0
    ? html`<p class="small">${say('noRejected')}</p>`
    : html`<ul class="list">${rejected.map((info) => one(info, null, `yanshao opcua trust ${info.sha1.slice(0, 16)} --gateway ${gateway}`))}</ul>`
}</section>
<section><h2>${say('certificates')}</h2><ul class="list">${of('own').map((info) => one(info, 'own', null))}${of('trusted', 'issuer').map((info) => one(info, 'trusted', null))}</ul></section>`;
}

/** Figures that are shown above; everything else the gateway counts is listed by its own name. */
const shown = new Set([
  'id',
  'connected',
  'connectedSince',
  'taken',
  'sent',
  'backlog',
  'refused',
  'lastRefusal',
  'sources',
  'stations',
  'outbox.bytes',
  'outbox.capBytes',
  'unsecured',
  'alarms.rules',
  'alarms.problem',
  'platform.url',
  'waiting.fresh.oldest',
  'waiting.safety.oldest',
  'waiting.rest.oldest',
]);

function further(stats: GatewayStats, say: Say): Html | '' {
  const rows = figures(stats, '').filter(([name]) => !shown.has(name));
  if (rows.length === 0) return '';
  const word = (text: string) => (isText(text) ? say(text) : text);
  const row = ([name, value]: [string, string | number]) =>
    html`<div><dt>${word(name)}</dt><dd>${typeof value === 'string' ? word(value) : value}</dd></div>`;
  return html`<section><h2>${say('further')}</h2><dl class="rows">${rows.map(row)}</dl></section>`;
}

/** Numbers and words of a nested thing, by dotted name; lists are left to those who know them. */
export function figures(thing: object, prefix: string): [string, string | number][] {
  return Object.entries(thing).flatMap(([key, value]: [string, unknown]): [string, string | number][] => {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (shown.has(name)) return [];
    if (typeof value === 'number') return [[name, Number.isInteger(value) ? value : Number(value.toFixed(1))]];
    if (typeof value === 'boolean' || typeof value === 'string') return [[name, String(value)]];
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? figures(value, name) : [];
  });
}

/** When the oldest row that waits was kept, ms; undefined where nothing waits. */
function oldestOf({ waiting }: GatewayStats): number | undefined {
  const times = Object.values(waiting).flatMap(({ oldest }) => oldest ?? []);
  return times.length > 0 ? Math.min(...times) : undefined;
}

const numberIn = (stats: object, name: string): number | undefined => {
  const value = (stats as Record<string, unknown>)[name];
  return typeof value === 'number' ? value : undefined;
};

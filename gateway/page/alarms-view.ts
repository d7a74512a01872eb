import { unitText } from '../../devices/model/units.ts';
import type { LocalAlarmsState } from '../alarms/local-alarms.ts';
import { clockText, type Frame } from './frame.ts';
import { type Html, html } from './html.ts';
import { type Say, sayIn, spanText } from './texts.ts';

type Alarm = LocalAlarmsState['alarms'][number];

/**
 * Urgent alarms as this gateway judges them: what stands or has just ended, how long, and who has been told. Nothing where the
 * platform has given it no rules and nothing stands.
 */
export function alarmsView(frame: Frame, { bundle, rules, alarms, problem }: LocalAlarmsState): Html | '' {
  if (bundle === null && alarms.length === 0 && problem === null) return '';
  const say = sayIn(frame.language);
  const standing = alarms.filter(({ returnedAt }) => returnedAt === null).length;
  const newestFirst = [...alarms].sort((a, b) => b.since - a.since);
  return html`<section><h2${standing > 0 ? html` class="bad"` : ''}>${say('localAlarms')}${standing > 0 ? `: ${standing}` : ''}</h2>
${problem === null ? '' : html`<p class="foreign small"><b>${say('webhookFails')}</b><br>${problem}</p>`}
${
  alarms.length === 0
    ? html`<p class="small">${say('noLocalAlarms', { n: rules })}</p>`
    : html`<ul class="list">${newestFirst.map((alarm) => one(alarm, frame, say))}</ul>`
}</section>`;
}

function one(alarm: Alarm, { language, now }: Frame, say: Say): Html {
  const { site, device, since, returnedAt } = alarm;
  const { title, priority, deviceName, measurement, op, limit } = site;
  const age = spanText(now - since, language);
  const ended = returnedAt === null ? '' : html` <span class="small">${say('ended')} ${clockText(returnedAt)}</span>`;
  return html`<li>
<span class="line"><span class="${returnedAt === null ? 'bad' : 'small'}">${priority}</span> <b>${title[language]}</b> <span>${deviceName}</span></span>
<span class="line small"><span>${device} · ${measurement} = <b>${said(alarm.value, site.unit, language)}</b> (${op} ${said(limit, site.unit, language)})</span></span>
<span class="line"><time>${clockText(since)}</time> <span class="small">${say('ago', { age })}</span>${ended}</span>
<span class="small">${who(alarm, say)}</span></li>`;
}

const said = (value: Alarm['value'], unit: string, language: Frame['language']): string =>
  typeof value === 'number' && unit !== '' ? `${value} ${unitText(unit, language)}` : String(value);

/** Who knows of it, in the order in which a person asks. */
function who({ alone, toldAt, reported }: Alarm, say: Say): Html {
  if (!alone) return html`${say('platformRings')}`;
  const told =
    toldAt === null ? html`<span class="bad">${say('notTold')}</span>` : html`${say('toldAt')} ${clockText(toldAt)}`;
  return html`${say('alone')} · ${told} · ${say(reported ? 'platformKnows' : 'platformDoesNot')}`;
}

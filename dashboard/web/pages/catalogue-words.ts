import { duringText } from '../../../devices/city/during-text.ts';
import type { Catalogue, Limit, Rule } from '../../../devices/contract/catalogue.ts';
import type { Measurement } from '../../../devices/model/device-type.ts';
import { unitText } from '../../../devices/model/units.ts';
import { numberText, opText } from '../format/value.ts';
import type { Texts } from '../i18n/i18n.ts';

/** The catalogue with only what holds every word of `text` in its code, names, standard or problem. */
export function foundIn(catalogue: Pick<Catalogue, 'domains'>, text: string): Catalogue['domains'] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return catalogue.domains;
  return catalogue.domains
    .map((domain) => ({
      ...domain,
      categories: domain.categories
        .map((category) => ({
          ...category,
          items: category.items.filter((item) => {
            const hay =
              `${item.code} ${item.name.zh} ${item.name.en} ${item.standard.text} ${item.problem} ${category.code} ${category.name.zh} ${category.name.en}`.toLowerCase();
            return words.every((word) => hay.includes(word));
          }),
        }))
        .filter((category) => category.items.length > 0),
    }))
    .filter((domain) => domain.categories.length > 0);
}

/** A rule as a sentence: `可燃气体浓度 ≥ 20 %LEL，持续 10 秒`. */
export function ruleInWords(rule: Rule, measurement: Measurement | undefined, texts: Texts): string {
  const what = measurement ? texts.pick(measurement.title) : rule.measurement;
  const parts = [core(rule, what, measurement, texts)];
  if (rule.onDelayS > 0) parts.push(texts('rule.for', { t: spanInWords(rule.onDelayS, texts) }));
  const samples = 'samples' in rule ? rule.samples : undefined;
  if (samples) parts.push(texts('rule.samples', { k: samples.k, of: samples.of }));
  if (rule.during) parts.push(texts.pick(duringText(rule.during)));
  if (rule.when) parts.push(texts('rule.when', { text: texts.pick(rule.when.text) }));
  if (rule.latched) parts.push(texts('rule.latched'));
  if (rule.silent) parts.push(texts('rule.silent'));
  return parts.join(texts('list.comma'));
}

function core(rule: Rule, what: string, measurement: Measurement | undefined, texts: Texts): string {
  switch (rule.kind) {
    case 'threshold': {
      return `${what}${windowInWords(rule, texts)} ${opText(rule.op)} ${limitInWords(rule.limit, measurement, texts)}`;
    }
    case 'state':
      return `${what} ${opText(rule.op)} ${limitInWords(rule.limit, measurement, texts)}`;
    case 'rate':
      return texts('rule.rate', {
        what,
        t: spanInWords(rule.windowS, texts),
        op: opText(rule.op),
        limit: limitInWords(rule.limit, measurement, texts),
      });
    case 'count':
      return texts('rule.count', {
        what,
        t: spanInWords(rule.windowS, texts),
        op: opText(rule.op),
        limit: limitInWords(rule.limit, measurement, texts),
      });
    case 'absence':
      return texts('rule.absence', {
        what: rule.measurement === '*' ? texts('rule.anything') : what,
        t: spanInWords(rule.afterS, texts),
      });
    case 'stuck':
      return texts('rule.stuck', { what, t: spanInWords(rule.windowS, texts) });
    case 'baseline':
      return texts(`rule.baseline.${rule.measure}`, {
        what,
        by: texts(`rule.by.${rule.by}`, { t: spanInWords(rule.learnS, texts) }),
        op: opText(rule.op),
        limit: limitInWords(rule.limit, measurement, texts),
        less: rule.against ? texts('rule.baseline.less', { reach: reachInWords(rule.against, texts) }) : '',
      });
    case 'neighbours':
      return texts('rule.neighbours', {
        what,
        k: rule.k,
        of: rule.of,
        t: spanInWords(rule.withinS, texts),
        reach: reachInWords(rule, texts),
      });
    case 'expression':
      return texts.pick(rule.text);
    case 'balance':
      return texts('rule.balance', {
        over: texts(`rule.over.${rule.over}`),
        t: spanInWords(rule.windowS, texts),
        in: `${rule.inflow.deviceType} ${rule.inflow.measurement}`,
        out: `${rule.outflow.deviceType} ${rule.outflow.measurement}`,
        how: texts(rule.limit.unit === '%' ? 'rule.balance.percent' : 'rule.balance.amount'),
        op: opText(rule.op),
        limit: limitInWords(rule.limit, measurement, texts),
      });
  }
}

type Reach = { readonly withinM?: number | undefined; readonly along?: 'circuit' | 'site' | undefined };

const reachInWords = ({ withinM, along }: Reach, texts: Texts): string =>
  withinM === undefined ? texts(`rule.reach.${along ?? 'site'}`) : texts('rule.reach.radius', { m: withinM });

function windowInWords(rule: Extract<Rule, { kind: 'threshold' }>, texts: Texts): string {
  if (rule.windowS === undefined) return '';
  return texts('rule.aggregate', {
    t: spanInWords(rule.windowS, texts),
    how: texts(`rule.how.${rule.aggregate ?? 'mean'}`),
  });
}

/** A limit as people read it; an expression stands as it is, with its unit. */
export function limitInWords(limit: Limit, measurement: Measurement | undefined, texts: Texts): string {
  if ('value' in limit) return `${numberText(limit.value)} ${unitText(limit.unit, texts.language)}`.trim();
  if ('expr' in limit) return `${limit.expr} ${unitText(limit.unit, texts.language)}`.trim();
  if ('flag' in limit) return texts(limit.flag ? 'value.yes' : 'value.no');
  if ('state' in limit) {
    const word = measurement?.states?.[limit.state];
    return word ? texts.pick(word) : limit.state;
  }
  return String(limit.code);
}

/** `90 秒`, `10 分钟`, `24 小时`. */
export function spanInWords(seconds: number, texts: Texts): string {
  if (seconds >= 3600 && seconds % 3600 === 0) return texts('span.hours', { n: seconds / 3600 });
  if (seconds >= 60 && seconds % 60 === 0) return texts('span.minutes', { n: seconds / 60 });
  return texts('span.seconds', { n: seconds });
}

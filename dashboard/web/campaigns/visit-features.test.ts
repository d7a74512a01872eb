import { expect, it } from 'vitest';
import { type Visit, visitStages } from '../../../devices/contract/campaign.ts';
import { toVisitFeatures, visitCounts } from './visit-features.ts';

const visit = (stage: Visit['stage'], lon = 112.6) => ({ id: `campaign:c/${stage}`, stage, lon, lat: 26.9 });

it('the map shows what is still to be visited, what was, and what came to nothing; the legend counts the same', () => {
  const all = visitStages.map((stage) => visit(stage));
  expect(visitCounts(all)).toEqual({ open: 3, done: 1, failed: 3 });
  expect(toVisitFeatures(all).map(({ properties }) => `${properties.id.slice(11)} ${properties.state}`)).toEqual([
    'planned open',
    'again open',
    'started open',
    'done done',
    'unreached failed',
    'refused failed',
    'missed failed',
  ]);
});

it('a visit whose place nobody can believe is not drawn, and is counted', () => {
  expect(toVisitFeatures([visit('planned', 999)])).toEqual([]);
  expect(visitCounts([visit('planned', 999)]).open).toBe(1);
});

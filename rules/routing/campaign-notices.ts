import type { Notice } from '../../devices/contract/notice.ts';
import type { CampaignChanges, CampaignDeadline } from '../campaigns/book.ts';
import { deadlineNotice, stampOf } from './deadline-notice.ts';
import type { RoutingParts } from './people.ts';
import type { Acted } from './routed.ts';

/** Campaigns that near their end or have reached it, told to whoever began them and makes their visits. Names no place. */
export const campaignNotices = (parts: RoutingParts, { deadlines }: Pick<CampaignChanges, 'deadlines'>): Notice[] =>
  deadlines.map((one) => ofEnd(parts, one));

/** That one has ended settles that it would. */
export const actedOnCampaigns = ({ campaigns }: Pick<CampaignChanges, 'campaigns'>): Acted[] =>
  campaigns.flatMap(({ id, stage, endedAt }) =>
    stage === 'ended' ? [{ subject: { kind: 'campaign', id }, at: endedAt ?? 0, by: 'system' }] : [],
  );

function ofEnd(parts: RoutingParts, { campaign, kind, at, open }: CampaignDeadline): Notice {
  const { id, name, to, createdBy, inspectors } = campaign;
  const duties = parts.duties();
  const isOver = kind === 'ended';
  const by = stampOf(parts, to);
  return deadlineNotice(parts, {
    id: `${id}/${kind}`,
    at,
    subject: { kind: 'campaign', id },
    title: {
      zh: `行动${isOver ? '已到期' : '将到期'} · ${name}`,
      en: `Campaign ${isOver ? 'is over' : 'ends soon'} · ${name}`,
    },
    body: isOver
      ? { zh: `${by} 到期；${open} 处没有走访`, en: `Over since ${by}; ${open} visits were not made` }
      : { zh: `${by} 到期；还有 ${open} 处未走访`, en: `Ends ${by}; ${open} visits are still open` },
    link: `/campaigns?campaign=${encodeURIComponent(id)}`,
    area: null,
    item: campaign.item,
    demo: false,
    persons: [createdBy.id, ...(inspectors ?? [])].flatMap((account) => duties.personOf(account) ?? []),
  });
}

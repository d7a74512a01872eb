import type { NoticeDelivery } from '../contract/api.ts';

/** How far a step came: the furthest proof there is of it. */
export function reached({
  accepted,
  seen,
  delivered,
  failed,
  state,
}: NoticeDelivery): NoticeDelivery['state'] | 'delivered' | 'seen' | 'accepted' {
  if (accepted !== null) return 'accepted';
  if (seen !== null) return 'seen';
  if (delivered !== null) return 'delivered';
  return failed !== null ? 'failed' : state;
}

import type { Notice, NoticeSubject } from '../../devices/contract/notice.ts';

/** Somebody acted on these: nobody else need be told of them. */
export interface Acted {
  readonly subject: NoticeSubject;
  readonly at: number;
  readonly by: string;
}

/** Who must hear of what was just committed, and what is settled by it. */
export interface Routed {
  readonly notices: readonly Notice[];
  readonly acted: readonly Acted[];
}

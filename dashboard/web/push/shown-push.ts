import type { PushMessage } from '../../../devices/contract/push.ts';

/** What the worker keeps with a notification, for when it is opened. */
export interface ShownData {
  readonly path: string;
  readonly key: string;
  readonly receipt: PushMessage['receipt'];
}

/** A notification as the browser is asked to show it. */
export interface ShownPush {
  readonly title: string;
  readonly options: NotificationOptions & { readonly renotify?: boolean; readonly vibrate?: readonly number[] };
}

/**
 * A message as a notification. Its title says priority, place and whether it is a drill, in the reader's language. The same message
 * again takes the place of the first and disturbs nobody twice; what is urgent stays until somebody looks.
 */
export function shownPush({ key, title, text, priority, language, path, receipt }: PushMessage): ShownPush {
  const urgent = priority === 'P1' || priority === 'P2';
  return {
    title,
    options: {
      body: text,
      tag: key,
      renotify: false,
      lang: language === 'zh' ? 'zh-CN' : 'en',
      requireInteraction: urgent,
      ...(priority === 'P1' && { vibrate: [400, 200, 400, 200, 400] }),
      data: { path, key, receipt } satisfies ShownData,
    },
  };
}

/** What is shown of a message that cannot be read: browsers want something shown of each, and somebody should look. */
export const unreadablePush: ShownPush = {
  title: '雁哨：有新通知 / Yanshao: a new notice',
  options: { body: '请打开值班台查看 / Open the duty desk to see it', tag: 'unreadable', data: { path: '/' } },
};

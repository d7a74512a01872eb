import type { outboxZh } from './outbox-zh.ts';

/** Texts of what waits on this device in English. */
export const outboxEn: Readonly<Record<keyof typeof outboxZh, string>> = {
  'outbox.title': 'Waiting to be sent',
  'outbox.why':
    'What is done without a network is kept on this device and sent in its order when the network is back, once. Do not clear the browser’s data before.',
  'outbox.waiting': '{n} to send',
  'outbox.refused': '{n} not taken',
  'outbox.kept': 'No network: kept on this device, and sent when it is back',
  'outbox.photos': '{n} pictures',
  'outbox.photo': 'Picture not sent yet',
  'outbox.retry': 'Try again',
  'outbox.discard': 'Give up',
  'campaigns.visitStep': 'visit',
};

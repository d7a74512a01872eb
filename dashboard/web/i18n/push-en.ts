import type { pushZh } from './push-zh.ts';

/** Texts of a person's own notifications in English. */
export const pushEn: Readonly<Record<keyof typeof pushZh, string>> = {
  'push.title': 'My notifications',
  'push.why':
    'Switched on, notices for you are shown by this browser even while no page is open. It is one rung of the ladder: without a receipt the platform goes on to SMS and other means.',
  'push.menu': 'My notifications',
  'push.here': 'This browser',
  'push.isOn': 'Switched on',
  'push.isOff': 'No notices arrive here',
  'push.switchOn': 'Switch on in this browser',
  'push.state.on': 'Notices for you are shown here. Send a test to see one.',
  'push.state.off': 'Not switched on yet. The browser will ask whether it may show notifications: allow it.',
  'push.state.gone': 'Its push service no longer knows this browser, so nothing arrives here. Switch it on again.',
  'push.state.other-key': 'The platform has other push keys now, and the old subscription is void. Switch it on again.',
  'push.state.denied':
    'Notifications of this site are blocked in the browser. Click the icon left of the address, set notifications to allow, and come back.',
  'push.state.insecure':
    'This address is not https, so the browser allows no push. Open the platform by its https address, or have a certificate set up.',
  'push.state.unsupported':
    'This browser knows no push. On iPhone and iPad add the site to the home screen first, and open it from there.',
  'push.state.not-offered':
    'This platform sends no web push (a demonstration never sends outside). An administrator can add webPush to notify.yaml.',
  'push.state.nobody':
    'Nobody in the duty list has your account, so no notice is for you. Ask an administrator to enter it with your record.',
  'push.browsers': 'My browsers',
  'push.unnamed': 'Unnamed browser',
  'push.this': 'this one',
  'push.never': 'never',
  'push.since': 'on since {at}',
  'push.delivered': 'last delivered {at}',
  'push.seen': 'last opened {at}',
  'push.gone': 'Not reached since {at}: its push service dropped the subscription',
  'push.goneWhy': 'The subscription is void: switch it on again in that browser',
  'push.test': 'Send a test',
  'push.end': 'Switch off',
};

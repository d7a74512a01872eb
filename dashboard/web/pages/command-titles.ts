import type { TextKey } from '../i18n/i18n.ts';

/** What the types of rows in the audit are called. */
export const commandTitles: Readonly<Record<string, TextKey>> = {
  acknowledge: 'audit.acknowledge',
  reset: 'audit.reset',
  shelve: 'audit.shelve',
  unshelve: 'audit.unshelve',
  'out-of-service': 'audit.outOfService',
  'return-to-service': 'audit.returnToService',
  confirm: 'audit.confirm',
  decline: 'audit.decline',
  judge: 'audit.judge',
  'registry.put': 'audit.registryPut',
  'registry.remove': 'audit.registryRemove',
  'credential.revoke': 'audit.credentialRevoke',
  'quarantine.readmit': 'audit.quarantineReadmit',
  'standards.propose': 'audit.standardsPropose',
  'standards.approve': 'audit.standardsApprove',
  'standards.reject': 'audit.standardsReject',
  'hazard.report': 'audit.hazardReport',
  'hazard.step': 'audit.hazardStep',
  'hazard.look': 'audit.hazardLook',
  'campaign.begin': 'audit.campaignBegin',
  'campaign.end': 'audit.campaignEnd',
  'visit.step': 'audit.visitStep',
  'audit.cut': 'audit.cut',
  'watch.on': 'audit.watchOn',
  'watch.hand-over': 'audit.watchHandOver',
  'watch.take-over': 'audit.watchTakeOver',
  'watch.off': 'audit.watchOff',
  'watch.end': 'audit.watchEnd',
  'session.in': 'audit.sessionIn',
  'session.claimed': 'audit.sessionClaimed',
  'session.wrong': 'audit.sessionWrong',
  'session.locked': 'audit.sessionLocked',
  'session.out': 'audit.sessionOut',
  'account.add': 'audit.accountAdd',
  'account.password': 'audit.accountPassword',
  'account.remove': 'audit.accountRemove',
  'token.new': 'audit.tokenNew',
  'token.revoke': 'audit.tokenRevoke',
  'photo.add': 'audit.photoAdd',
  'photo.remove': 'audit.photoRemove',
};

/** Types of rows that each log has, for choosing one. */
export const typesOf = (log: 'accounts' | null): readonly string[] =>
  Object.keys(commandTitles).filter((type) => /^(session|account|token|photo)\./.test(type) === (log === 'accounts'));

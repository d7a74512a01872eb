import { createHmac } from 'node:crypto';

/**
 * The access token of a drill's detector, which all processes of one installation can work out and nobody else: it stands nowhere,
 * and whoever drives the detector after a restart has it again. With the detector it is taken away when the drill ends.
 */
export const drillToken = (secret: string, drill: string): string =>
  createHmac('sha256', secret).update(`drill ${drill}`).digest('hex');

import { randomUUID } from 'node:crypto';
import type { IngestPort } from '../devices/contract/ports.ts';
import { drillToken } from '../devices/drills/drill-token.ts';
import type { Running } from '../kit/cleanups.ts';
import { type Clock, systemClock } from '../kit/clock.ts';
import type { DataFolder } from '../kit/data-folder.ts';
import type { Log } from '../kit/log.ts';
import type { Rules } from '../rules/app.ts';
import { opensDoor } from '../rules/main.ts';
import { journalDrillDoor } from '../simulators/drill/drill-door.ts';
import { startDrillPlayer } from '../simulators/drill/drill-player.ts';
import { mqttDrillDoor } from '../simulators/drill/mqtt-drill-door.ts';
import type { Config } from './runtime.ts';

export interface PlayerParts {
  readonly config: Config;
  readonly folder: DataFolder;
  readonly rules: Pick<Rules, 'drills' | 'command'>;
  readonly ingest: Pick<IngestPort, 'append'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who says that a first reading is in the journal. */
const actor = { id: 'drills', name: '演练 / drills', via: 'system', role: 'system' } as const;

/** Drives the detectors of drills beside the rules, through the door where ingest opens one. */
export function openDrillPlayer({ config, folder, rules, ingest, clock, log }: PlayerParts): Running {
  return startDrillPlayer({
    playing: rules.drills.playing,
    door: opensDoor(config)
      ? mqttDrillDoor({
          url: () => folder.find('mqtt')?.url,
          token: (drill) => drillToken(folder.secret(), drill),
          certificate: config.mqttTlsCert,
        })
      : journalDrillDoor(ingest, clock.now),
    async sent({ id: drill }, publishedAt, journaledAt) {
      const at = clock.now();
      await rules.command({ id: randomUUID(), actor, at, type: 'drill.sent', drill, publishedAt, journaledAt });
    },
    ...{ clock, world: systemClock, log: log.child({ component: 'drills' }) },
  });
}

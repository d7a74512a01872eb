import type { JournalEntry } from '../devices/contract/entry.ts';
import type { IngestStats } from '../devices/contract/stats.ts';
import type { Journal } from '../kit/journal/journal.ts';
import type { TelemetryStore } from '../kit/telemetry/telemetry-store.ts';
import type { Admission } from './admission/admission.ts';
import type { CutOffs } from './cut-offs.ts';
import type { Doors } from './doors.ts';
import type { Intake } from './intake.ts';
import type { JournalWatch } from './journal-watch.ts';
import type { Ledger } from './ledger.ts';
import type { Quarantine } from './quarantine/quarantine.ts';
import type { Rate } from './rate.ts';
import type { Writer } from './writer/writer.ts';

/** Everybody in ingest who counts something. */
export interface StatsSources {
  readonly journal: Pick<Journal<JournalEntry>, 'stats'>;
  readonly store: Pick<TelemetryStore, 'engine'>;
  readonly intake: Pick<Intake, 'counts'>;
  readonly quarantine: Pick<Quarantine, 'refused' | 'rows' | 'bytes' | 'purged' | 'readmitted'>;
  readonly ledger: Pick<Ledger, 'lost'>;
  readonly doors: Pick<Doors, 'broker' | 'external' | 'ignored' | 'processes'>;
  readonly admission: Pick<Admission, 'stats'>;
  readonly writer: Writer;
  readonly watch: Pick<JournalWatch, 'trouble'> | null;
  readonly cutOffs: Pick<CutOffs, 'list'>;
  readonly perSecond: Rate;
  readonly now: number;
}

/** What ingest counts, gathered from those who do. */
export function ingestStats(from: StatsSources): IngestStats {
  const { quarantine, writer, doors, cutOffs, now } = from;
  const { head, oldest, bytes, capBytes, waiting, waitingBy } = from.journal.stats();
  return {
    ...from.intake.counts,
    refused: quarantine.refused,
    lost: from.ledger.lost,
    clients: doors.broker.clients,
    door: { ...doors.broker.counts, held: doors.broker.held },
    ignored: { ...doors.ignored },
    external: doors.external?.stats() ?? null,
    doorProcesses: doors.processes(now),
    perSecond: from.perSecond.perSecond(now),
    journal: {
      head,
      oldest,
      bytes,
      capBytes,
      waiting,
      waitingBy,
      problem: from.watch?.trouble ?? null,
      cutOffs: cutOffs.list.length,
      cutOffBytes: cutOffs.list.reduce((sum, cut) => sum + cut.bytes, 0),
    },
    admission: from.admission.stats(),
    quarantine: {
      rows: quarantine.rows,
      bytes: quarantine.bytes,
      purged: quarantine.purged,
      readmitted: quarantine.readmitted,
    },
    store: {
      engine: from.store.engine,
      position: writer.position,
      lagMs: writer.lagMs(),
      rejectedRows: writer.rejectedRows,
      problem: writer.problem,
    },
  };
}

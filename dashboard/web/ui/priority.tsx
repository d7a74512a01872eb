import type { Alarm, Priority } from '../../../devices/contract/alarm.ts';
import { rankOf } from '../alarms/order.ts';
import { useTexts } from '../i18n/i18n.ts';
import { shapePaths } from './shapes.ts';

interface MarkProps {
  readonly priority: Priority;
  /** Hollow: returned to normal, and nobody has acknowledged. */
  readonly hollow?: boolean;
  /** Blinks until acknowledged, at 1 Hz. */
  readonly blink?: boolean;
  readonly size?: number;
  /** Silent for screen readers where the word stands beside it. */
  readonly quiet?: boolean;
}

/** A priority four ways: shape, colour, digit, and the word as its name. */
export function PriorityMark({ priority, hollow = false, blink = false, size = 20, quiet = false }: MarkProps) {
  const texts = useTexts();
  const rank = rankOf(priority);
  const shape = shapePaths[rank];
  return (
    <span className={blink ? 'blink' : undefined}>
      <svg
        className={`prio p${rank}${hollow ? ' hollow' : ''}`}
        width={size}
        height={size}
        viewBox="0 0 20 20"
        role="img"
        aria-hidden={quiet}
      >
        <title>{texts(`priority.${priority}`)}</title>
        <path d={shape?.path} />
        <text x="10" y={shape?.baseline}>
          {rank}
        </text>
      </svg>
    </span>
  );
}

/** The mark of one alarm in its state. */
export function AlarmMark({ alarm, size, quiet }: { alarm: Alarm; size?: number; quiet?: boolean }) {
  return (
    <PriorityMark
      priority={alarm.priority}
      hollow={!alarm.active}
      blink={!alarm.acked && alarm.active && !alarm.override}
      size={size}
      quiet={quiet}
    />
  );
}

/** Stale or offline: a state of its own, never a colour of normal. */
export function StaleMark({ size = 20, quiet = false }: { size?: number; quiet?: boolean }) {
  const texts = useTexts();
  return (
    <svg className="prio stale" width={size} height={size} viewBox="0 0 20 20" role="img" aria-hidden={quiet}>
      <title>{texts('device.stale')}</title>
      <circle cx="10" cy="10" r="8" />
      <text x="10" y="14">
        ?
      </text>
    </svg>
  );
}

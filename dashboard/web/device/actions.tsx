import { useState } from 'react';
import type { Alarm } from '../../../devices/contract/alarm.ts';
import { reset, useMayAct, whyNotAcknowledge, whyNotReset } from '../alarms/acknowledge.ts';
import { whyNotAct, whyNotShelve } from '../alarms/put-aside.ts';
import { type TextKey, useTexts } from '../i18n/i18n.ts';
import { Icon } from '../ui/icons.tsx';

/** What a dialog asks about before it is done. */
export type AsideDialog = 'shelve' | 'service' | 'verdict';

interface Props {
  readonly alarm: Alarm | null;
  readonly onAcknowledge: (alarm: Alarm) => void;
  readonly onPutAside: (what: AsideDialog, alarm: Alarm) => void;
}

/** What can be done about the alarm. A button that cannot be used says why. */
export function Actions({ alarm, onAcknowledge, onPutAside }: Props) {
  const texts = useTexts();
  const { role, silent } = useMayAct();
  const [busy, setBusy] = useState(false);
  if (!alarm) return null;
  const closed = alarm.closedAt !== null;
  const noAck = closed ? ('ack.closed' as const) : whyNotAcknowledge(alarm, role, silent);
  const noReset = closed ? ('ack.closed' as const) : whyNotReset(alarm, role, silent);
  const noAct = whyNotAct(role, silent);
  const doReset = (): void => {
    setBusy(true);
    reset(alarm.id).finally(() => setBusy(false));
  };
  return (
    <footer className="panel-acts">
      {noAck && <span className="why">{texts(noAck)}</span>}
      <div className="panel-buttons">
        <button
          type="button"
          className={`btn${noAck ? '' : ' primary'}`}
          disabled={noAck !== null}
          title={noAck ? texts(noAck) : texts(alarm.priority === 'P1' ? 'ack.oneAction' : 'ack.withReason')}
          onClick={() => onAcknowledge(alarm)}
        >
          {noAck === 'ack.already' && <Icon name="check" size={16} />}
          {texts(noAck === 'ack.already' ? 'ack.done' : 'ack.do')} {!noAck && <kbd>A</kbd>}
        </button>
        {alarm.latched && (
          <button
            type="button"
            className={`btn${!noReset ? ' primary' : ''}`}
            disabled={busy || noReset !== null}
            title={noReset ? texts(noReset) : texts('reset.why')}
            onClick={doReset}
          >
            {texts('reset.do')}
          </button>
        )}
        <AsideButton
          why={noAct}
          primary={alarm.needsVerdict}
          onClick={() => onPutAside('verdict', alarm)}
          text="verdict.open"
        />
      </div>
      <div className="panel-buttons lesser">
        <AsideButton
          why={whyNotShelve(alarm, role, silent)}
          onClick={() => onPutAside('shelve', alarm)}
          text="shelve.open"
          hotkey="S"
        />
        <AsideButton
          why={closed ? 'ack.closed' : alarm.lane === 'history' ? 'shelve.past' : noAct}
          onClick={() => onPutAside('service', alarm)}
          text="service.do"
        />
      </div>
      {alarm.latched && noReset && noReset !== noAck && <span className="why">{texts(noReset)}</span>}
    </footer>
  );
}

function AsideButton({
  why,
  text,
  hotkey,
  primary = false,
  onClick,
}: {
  why: TextKey | null;
  text: TextKey;
  hotkey?: string;
  primary?: boolean;
  onClick: () => void;
}) {
  const texts = useTexts();
  return (
    <button
      type="button"
      className={`btn${primary && !why ? ' primary' : ''}`}
      disabled={why !== null}
      title={why ? texts(why) : undefined}
      onClick={onClick}
    >
      {texts(text)} {hotkey && !why && <kbd>{hotkey}</kbd>}
    </button>
  );
}

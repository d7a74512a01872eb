import { type ReactNode, useState } from 'react';
import { useTexts } from '../i18n/i18n.ts';
import { Dialog } from '../ui/dialog.tsx';

interface Props {
  readonly title: string;
  /** What the button that sends it says. */
  readonly submit: string;
  /** Why it cannot be sent yet, or null. */
  readonly missing: string | null;
  readonly onSubmit: () => Promise<boolean>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog that asks the platform for something: Enter sends, and it closes once that was taken. */
export function AskingForm({ title, submit, missing, onSubmit, onClose, children }: Props) {
  const texts = useTexts();
  const [busy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    const taken = await onSubmit();
    setBusy(false);
    if (taken) onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="ack-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing) void confirm();
        }}
      >
        {children}
        <div className="dialog-acts">
          {missing && <span className="why">{missing}</span>}
          <button type="button" className="btn" onClick={onClose}>
            {texts('cancel')}
          </button>
          <button type="submit" className="btn primary" data-first disabled={busy || missing !== null}>
            {submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

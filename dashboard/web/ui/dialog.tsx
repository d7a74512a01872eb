import { type ReactNode, useEffect, useRef } from 'react';
import { useTexts } from '../i18n/i18n.ts';
import { Icon } from './icons.tsx';

/** A modal dialog: the browser's own, so focus stays inside, Escape closes, and focus returns to where it was. */
export function Dialog({
  title,
  onClose,
  children,
  wide,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}) {
  const texts = useTexts();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // What the dialog is for has the focus, not its close button.
    dialog?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the keyboard's way out; the click is on the backdrop.
    <dialog
      ref={ref}
      className={wide ? 'wide' : undefined}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div className="dialog-head">
        <h2>{title}</h2>
        <span className="grow" />
        <button type="button" className="btn quiet icon" aria-label={texts('close')} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}

import { create } from 'zustand';
import { useTexts } from '../i18n/i18n.ts';
import { Icon } from './icons.tsx';
import './toast.css';

interface Toast {
  readonly id: number;
  readonly zh: string;
  readonly en: string;
}

const useToasts = create<{ readonly items: readonly Toast[] }>(() => ({ items: [] }));
let last = 0;

/** Says something for eight seconds, in the page's language. For outcomes; alarms have their banner. */
export function say(text: { zh: string; en: string }): void {
  const id = ++last;
  useToasts.setState(({ items }) => ({ items: [...items.slice(-2), { id, ...text }] }));
  setTimeout(() => dismiss(id), 8000);
}

const dismiss = (id: number): void =>
  useToasts.setState(({ items }) => ({ items: items.filter((item) => item.id !== id) }));

export function Toasts() {
  const texts = useTexts();
  const items = useToasts((state) => state.items);
  return (
    <div className="toasts" role="status">
      {items.map((item) => (
        <div key={item.id} className="toast">
          <span>{texts.problem(item)}</span>
          <button type="button" className="btn quiet icon" aria-label={texts('close')} onClick={() => dismiss(item.id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}

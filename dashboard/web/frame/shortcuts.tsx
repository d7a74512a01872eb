import { useEffect } from 'react';
import { create } from 'zustand';
import { useTexts } from '../i18n/i18n.ts';
import { toggleMute } from '../sound/engine.ts';
import { Dialog } from '../ui/dialog.tsx';
import { usePrefs } from './prefs.ts';
import { goTo, hrefOf, type PageName } from './route.ts';

/** What single keys do on the page that is open. */
export type ShortcutActions = Partial<Record<'j' | 'k' | 'enter' | 'a' | 's' | 'f' | 'm' | '?' | 'escape', () => void>>;

const useHelp = create<{ readonly open: boolean }>(() => ({ open: false }));
export const openHelp = (): void => useHelp.setState({ open: true });

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Listens to single keys, unless somebody types, a dialog is open, or they are switched off (WCAG 2.1.4). */
export function useShortcuts(actions: ShortcutActions): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
      if (document.querySelector('dialog[open]')) return;
      const key = event.key.toLowerCase();
      if (key === 'escape') {
        actions.escape?.();
        return;
      }
      if (!usePrefs.getState().shortcuts) return;
      // Enter on a button or link means that button or link.
      if (key === 'enter' && event.target instanceof HTMLElement && event.target.closest('a,button,summary')) return;
      const action = actions[key as keyof ShortcutActions];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
}

/** After G, for so long, a letter is a page, ms. */
const GO_MS = 1500;
const pageOf: Readonly<Record<string, PageName>> = {
  m: 'duty',
  a: 'duty',
  t: 'tickets',
  r: 'report',
  s: 'standards',
  k: 'kpis',
};

/** G, then a letter: goes to a page. It hears the second letter before any page does. */
export function useGoKeys(): void {
  useEffect(() => {
    let until = 0;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
      if (!usePrefs.getState().shortcuts || document.querySelector('dialog[open]')) return;
      const key = event.key.toLowerCase();
      const page = event.timeStamp < until ? pageOf[key] : undefined;
      until = key === 'g' ? event.timeStamp + GO_MS : 0;
      if (!page) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      goTo(hrefOf({ page, ...(key === 'm' && { view: 'map' }) }));
    };
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, []);
}

/** The keys of every page. */
export const frameShortcuts: ShortcutActions = { m: toggleMute, '?': openHelp };

/** All keys, and the switch that turns them off. */
export function Help() {
  const texts = useTexts();
  const open = useHelp((help) => help.open);
  const { shortcuts, theme, set } = usePrefs();
  if (!open) return null;
  const keys = [
    ['J / K', 'help.move'],
    ['Enter', 'help.enter'],
    ['A', 'help.ack'],
    ['S', 'help.shelve'],
    ['M', 'help.mute'],
    ['F', 'help.find'],
    ['G, T / M / A / R', 'help.go'],
    ['Esc', 'help.escape'],
    ['?', 'help.help'],
  ] as const;
  return (
    <Dialog title={texts('help.title')} onClose={() => useHelp.setState({ open: false })}>
      <dl className="keys-list">
        {keys.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{texts(text)}</dd>
          </div>
        ))}
      </dl>
      <label className="check">
        <input type="checkbox" checked={shortcuts} onChange={(event) => set({ shortcuts: event.target.checked })} />
        {texts('help.switch')}
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={theme === 'auto'}
          onChange={(event) => set({ theme: event.target.checked ? 'auto' : 'dark' })}
        />
        {texts('help.autoTheme')}
      </label>
      <p className="why">{texts('help.shapes')}</p>
    </Dialog>
  );
}

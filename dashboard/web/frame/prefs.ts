import { create } from 'zustand';

export type Language = 'zh' | 'en';
/** `auto` follows the workstation. */
export type Theme = 'light' | 'dark' | 'auto';

/** What belongs to this workstation rather than to a screen one sends to a colleague. */
interface Prefs {
  readonly language: Language;
  readonly theme: Theme;
  /** Single-key shortcuts can be switched off (WCAG 2.1.4). */
  readonly shortcuts: boolean;
  /** Seats that this workstation watches; null: all of the city. */
  readonly seats: readonly string[] | null;
  set(patch: Partial<Kept>): void;
}
type Kept = Pick<Prefs, 'language' | 'theme' | 'shortcuts' | 'seats'>;

const key = 'yanshao.prefs';

function stored(): Partial<Kept> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}');
  } catch {
    return {};
  }
}

const saved = stored();

export const usePrefs = create<Prefs>((set, get) => ({
  language: saved.language === 'en' ? 'en' : 'zh',
  theme: saved.theme === 'light' || saved.theme === 'auto' ? saved.theme : 'dark',
  shortcuts: saved.shortcuts !== false,
  seats: Array.isArray(saved.seats) ? saved.seats : null,
  set(patch) {
    set(patch);
    const { language, theme, shortcuts, seats } = get();
    try {
      localStorage.setItem(key, JSON.stringify({ language, theme, shortcuts, seats }));
    } catch {
      // A browser that keeps nothing still works; the choice lasts as long as the page.
    }
  },
}));

const darkWanted = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

/** The theme that is drawn. */
export function shownTheme(theme: Theme): 'light' | 'dark' {
  return theme === 'auto' ? (darkWanted().matches ? 'dark' : 'light') : theme;
}

/** Keeps `data-theme` and `lang` of the document in step with the choice. */
export function applyPrefs(): void {
  const apply = (): void => {
    const { theme, language } = usePrefs.getState();
    document.documentElement.dataset.theme = shownTheme(theme);
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  };
  apply();
  usePrefs.subscribe(apply);
  darkWanted().addEventListener('change', () => {
    apply();
    usePrefs.setState({});
  });
  // Paper is white, whatever the room is.
  addEventListener('beforeprint', () => {
    document.documentElement.dataset.theme = 'light';
  });
  addEventListener('afterprint', apply);
}

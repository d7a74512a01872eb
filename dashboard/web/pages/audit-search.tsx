import { useSession } from '../api/session.ts';
import { patchRoute, type Route } from '../frame/route.ts';
import { type TextKey, useTexts } from '../i18n/i18n.ts';
import { commandTitles, typesOf } from './command-titles.ts';

const texted = [
  ['q', 'audit.person'],
  ['device', 'audit.device'],
  ['incident', 'audit.incident'],
  ['ticket', 'audit.ticket'],
] as const satisfies readonly (readonly [keyof Route, TextKey])[];
const days = [
  ['from', 'audit.from'],
  ['to', 'audit.to'],
] as const satisfies readonly (readonly [keyof Route, TextKey])[];

/** What only commands have: it goes when the log is changed. */
const ofCommands = { device: null, incident: null, ticket: null, type: null } as const;

/** What is looked for; all of it stands in the address. */
export function AuditSearch({ route }: { route: Route }) {
  const texts = useTexts();
  const isAdmin = useSession((state) => state.me?.role === 'admin');
  return (
    <search className="search-row audit-search">
      {isAdmin && (
        <select
          className="input"
          aria-label={texts('audit.log')}
          value={route.log ?? ''}
          onChange={({ target }) => patchRoute({ ...ofCommands, log: target.value === 'accounts' ? 'accounts' : null })}
        >
          <option value="">{texts('audit.logCommands')}</option>
          <option value="accounts">{texts('audit.logAccounts')}</option>
        </select>
      )}
      {texted.map(
        ([field, label]) =>
          (field === 'q' || route.log === null) && (
            <input
              key={field}
              className="input"
              type="search"
              value={route[field] ?? ''}
              placeholder={texts(label)}
              aria-label={texts(label)}
              onChange={({ target }) => patchRoute({ [field]: target.value })}
            />
          ),
      )}
      <select
        className="input"
        aria-label={texts('audit.type')}
        value={route.type ?? ''}
        onChange={({ target }) => patchRoute({ type: target.value || null })}
      >
        <option value="">{texts('audit.typeAll')}</option>
        {typesOf(route.log).map((type) => {
          const title = commandTitles[type];
          return (
            <option key={type} value={type}>
              {title ? texts(title) : type}
            </option>
          );
        })}
      </select>
      {days.map(([field, label]) => (
        <label key={field} className="audit-day small">
          {texts(label)}
          <input
            className="input"
            type="date"
            value={route[field] ?? ''}
            onChange={({ target }) => patchRoute({ [field]: target.value || null })}
          />
        </label>
      ))}
    </search>
  );
}

import type { Bilingual } from '../../../devices/model/device-type.ts';
import { type TextKey, useTexts } from '../i18n/i18n.ts';

/** One of the city's list, as a field of a form. `none` names what is chosen when nothing is. */
export function Choice({
  label,
  name,
  of,
  none,
  first,
  chosen,
}: {
  label: TextKey;
  name: string;
  of: readonly { readonly id: string; readonly name: Bilingual }[] | undefined;
  none?: TextKey;
  first?: boolean;
  chosen?: string | undefined;
}) {
  const texts = useTexts();
  return (
    <label>
      {texts(label)}
      <select className="input" name={name} defaultValue={chosen} data-first={first}>
        {none && <option value="">{texts(none)}</option>}
        {of?.map(({ id, name: said }) => (
          <option key={id} value={id}>
            {texts.pick(said)}
          </option>
        ))}
      </select>
    </label>
  );
}

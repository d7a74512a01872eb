import { useMemo, useState } from 'react';
import { Autocomplete, Input, ListBox, ListBoxItem, TextField } from 'react-aria-components';
import type { DeviceBody } from '../../../devices/contract/api.ts';
import { usePlace } from '../alarms/words.ts';
import { useCity } from '../api/city.ts';
import { useTexts } from '../i18n/i18n.ts';
import { Dialog } from '../ui/dialog.tsx';
import { matching } from './matching.ts';

/** Finds a device by name, id, address or type and goes to it. */
export function FindDevice({ onClose, onPick }: { onClose: () => void; onPick: (id: string) => void }) {
  const texts = useTexts();
  return (
    <Dialog title={texts('find.title')} onClose={onClose}>
      <DeviceSearch
        onPick={(id) => {
          onPick(id);
          onClose();
        }}
      />
    </Dialog>
  );
}

/** A search field with the devices it fits, reachable by arrow keys. */
export function DeviceSearch({
  onPick,
  accept,
}: {
  onPick: (id: string) => void;
  accept?: (device: DeviceBody) => boolean;
}) {
  const texts = useTexts();
  const place = usePlace();
  const registry = useCity((state) => state.devices);
  const types = useCity((state) => state.types);
  const [text, setText] = useState('');
  const found = useMemo(() => {
    const all = accept ? [...registry.values()].filter(accept) : registry.values();
    return matching(all, text, 40);
  }, [registry, text, accept]);
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <TextField aria-label={texts('find.title')}>
        <Input className="input" data-first placeholder={texts('find.placeholder')} />
      </TextField>
      <ListBox
        className="found"
        aria-label={texts('find.title')}
        items={found}
        selectionMode="none"
        onAction={(key) => onPick(String(key))}
        renderEmptyState={() => <div className="empty small">{texts('find.none')}</div>}
      >
        {(device) => {
          const type = types.get(device.type);
          return (
            <ListBoxItem id={device.id} textValue={device.name} className="found-item">
              <b className="clip">{(texts.language === 'en' && device.nameEn) || device.name}</b>
              <span className="small muted clip">
                {[type ? texts.pick(type.title) : device.type, place.area(device.area), device.id]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </ListBoxItem>
          );
        }}
      </ListBox>
    </Autocomplete>
  );
}

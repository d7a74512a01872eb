import { useState } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { DemoFault } from '../../../devices/contract/api.ts';
import { api, problemOf } from '../api/client.ts';
import { useTexts } from '../i18n/i18n.ts';
import { Icon } from '../ui/icons.tsx';
import { say } from '../ui/toast.tsx';
import { BadPayload } from './bad-payload.tsx';
import './demo.css';

/** Faults that can be played in the demonstration: the two that show most as buttons, all of them in a menu. */
export function DemoDock({ faults, selected }: { faults: readonly DemoFault[]; selected: string | null }) {
  const texts = useTexts();
  const [pasting, setPasting] = useState(false);
  const leak = faults.find((fault) => /leak/i.test(fault.kind));
  const gateway = faults.find((fault) => /gateway|unplug/i.test(fault.kind));
  const play = async (fault: DemoFault): Promise<void> => {
    try {
      await api<{ started: string }>('/demo/faults', { body: { kind: fault.kind } });
      say({
        zh: `已开始：${fault.title.zh}。${fault.expect.zh}`,
        en: `Started: ${fault.title.en}. ${fault.expect.en}`,
      });
    } catch (error) {
      say(problemOf(error));
    }
  };
  return (
    <>
      <fieldset className="demo-dock card" aria-label={texts('demo.label')}>
        <span className="sim">{texts('demo.label')}</span>
        {leak && (
          <button type="button" className="btn quiet" title={texts.pick(leak.expect)} onClick={() => play(leak)}>
            {texts('demo.leak')}
          </button>
        )}
        {gateway && (
          <button type="button" className="btn quiet" title={texts.pick(gateway.expect)} onClick={() => play(gateway)}>
            {texts('demo.unplug')}
          </button>
        )}
        <button type="button" className="btn quiet" onClick={() => setPasting(true)}>
          {texts('demo.paste')}
        </button>
        {faults.length > 0 && (
          <MenuTrigger>
            <Button className="btn quiet">
              {texts('demo.all', { n: faults.length })} <Icon name="down" size={14} />
            </Button>
            <Popover className="menu" placement="top end">
              <Menu
                className="menu-items"
                items={faults.map((fault) => ({ id: fault.kind, fault }))}
                onAction={(kind) => {
                  const fault = faults.find((one) => one.kind === kind);
                  if (fault) void play(fault);
                }}
              >
                {({ id, fault }) => (
                  <MenuItem id={id} textValue={texts.pick(fault.title)} className="menu-item">
                    <b>{texts.pick(fault.title)}</b>
                    <span className="small muted">{texts.pick(fault.expect)}</span>
                  </MenuItem>
                )}
              </Menu>
            </Popover>
          </MenuTrigger>
        )}
      </fieldset>
      {pasting && <BadPayload initial={selected} onClose={() => setPasting(false)} />}
    </>
  );
}

import type { Call } from '@dialplane/calling';
import { Button, makeStyles, Popover, PopoverSurface, PopoverTrigger, Text, tokens, Tooltip } from '@fluentui/react-components';
import { DialpadRegular } from '@fluentui/react-icons/svg/dialpad';
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { keyOf, soundKey, telephoneKeys, toneOf, type TelephoneKey } from '../calling/telephone-key.ts';
import { useCommandInTurn } from '../calling/use-command.ts';

const useStyles = makeStyles({
  surface: { display: 'grid', gap: '10px', width: '204px' },
  sent: { minHeight: '22px', overflow: 'hidden', whiteSpace: 'nowrap', direction: 'rtl', textAlign: 'center', fontFamily: tokens.fontFamilyMonospace },
  keys: { display: 'grid', gridTemplateColumns: 'repeat(3, 64px)', gap: '6px', justifyContent: 'center' },
  key: { minWidth: '64px', height: '44px', fontSize: tokens.fontSizeBase500 },
});

/** How many of the keys that were sent are shown. */
const shownKeys = 18;

/** Keys for the telephones of a call, under a button: by hand, or while it is open by the keyboard. */
export function Keypad({ call, buttonClass }: { readonly call: Call; readonly buttonClass: string }): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Popover open={isOpen} onOpenChange={(_, { open }) => setIsOpen(open)} positioning="above">
      <PopoverTrigger disableButtonEnhancement>
        <Tooltip content="Keypad" relationship="label"><Button className={buttonClass} icon={<DialpadRegular />} /></Tooltip>
      </PopoverTrigger>
      <PopoverSurface role="dialog" aria-label="Keypad"><Keys call={call} /></PopoverSurface>
    </Popover>
  );
}

function Keys({ call }: { readonly call: Call }): ReactNode {
  const styles = useStyles();
  const run = useCommandInTurn();
  const [sent, setSent] = useState('');
  const press = (key: TelephoneKey): void => {
    soundKey(key);
    run(async () => {
      await call.sendDtmf(toneOf(key));
      setSent((old) => `${old}${key}`.slice(-shownKeys));
    });
  };
  const handleKey = useEffectEvent(({ key: text, ctrlKey, metaKey, altKey, repeat }: KeyboardEvent) => {
    const key = keyOf(text);
    if (key !== undefined && !ctrlKey && !metaKey && !altKey && !repeat) press(key);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => handleKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
  return (
    <div className={styles.surface}>
      <Text className={styles.sent} role="status" aria-label="Keys sent"><bdi dir="ltr">{sent}</bdi></Text>
      <div className={styles.keys} role="group" aria-label="Keys">
        {telephoneKeys.map((key) => <Button key={key} className={styles.key} onClick={() => press(key)}>{key}</Button>)}
      </div>
    </div>
  );
}

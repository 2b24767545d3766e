import { Button, Field, Input, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { BackspaceRegular } from '@fluentui/react-icons/svg/backspace';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { useState, type ReactNode } from 'react';
import { useCalling } from '../calling/calling-context.tsx';
import { CallerIdField } from '../calling/caller-id-field.tsx';
import { telephoneKeys } from '../calling/telephone-key.ts';
import { useCallerId } from '../calling/use-caller-id.ts';
import { useCommand } from '../calling/use-command.ts';
import { useServerInfo } from '../session/use-server-info.ts';
import { Section } from '../shell/page.tsx';
import { dialedIdentifier } from '../text/person.ts';

const useStyles = makeStyles({
  root: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) auto', gap: '16px', alignItems: 'start', '@media (max-width: 719px)': { gridTemplateColumns: 'minmax(0, 1fr)' } },
  fields: { display: 'grid', gap: '12px' },
  keys: { display: 'grid', gridTemplateColumns: 'repeat(3, 56px)', gap: '6px', justifyContent: 'center' },
  key: { minWidth: '56px', height: '40px', fontSize: tokens.fontSizeBase400 },
  back: { gridColumn: 'span 2' },
  hint: { color: tokens.colorNeutralForeground3 },
});

/** Calls a telephone: its number, typed or put together key by key, and the number of this server that it is shown. */
export function DialPad(): ReactNode {
  const styles = useStyles();
  const { startCall, isOnline } = useCalling();
  const run = useCommand();
  const info = useServerInfo();
  const callerId = useCallerId();
  const [number, setNumber] = useState('');
  const identifier = dialedIdentifier(number);
  const isWrong = number !== '' && number !== '+' && identifier === undefined && !/^\d$/.test(number.trim());
  const dial = (): void => {
    if (identifier === undefined) return;
    callerId.remember();
    run(() => startCall(identifier, false, callerId.number));
  };
  if (info.value?.capabilities.telephony !== true) {
    return <Section title="Telephone"><Text className={styles.hint}>This server telephones with nobody yet: an operator adds a trunk under Telephony, or starts it with --demo-carrier to try one.</Text></Section>;
  }
  return (
    <Section title="Telephone">
      <div className={styles.root}>
        <div className={styles.fields}>
          <Field label="Telephone number" {...(isWrong ? { validationState: 'warning', validationMessage: 'A telephone number has digits, and begins with + and its country: +1 202 555 0100.' } : {})}><Input size="large" inputMode="tel" value={number} placeholder="+1 202 555 0100" onChange={(_, { value }) => setNumber(value)} onKeyDown={({ key }) => key === 'Enter' && dial()} /></Field>
          <CallerIdField callerId={callerId} />
          <Button appearance="primary" icon={<CallRegular />} disabled={!isOnline || identifier === undefined || callerId.number === undefined} onClick={dial}>Call the number</Button>
        </div>
        <div className={styles.keys} role="group" aria-label="Dial pad">
          {telephoneKeys.map((key) => <Button key={key} className={styles.key} onClick={() => setNumber((typed) => `${typed}${key}`)}>{key}</Button>)}
          <Button className={styles.key} onClick={() => setNumber((typed) => `${typed}+`)}>+</Button>
          <Button className={mergeClasses(styles.key, styles.back)} icon={<BackspaceRegular />} aria-label="Delete the last key" disabled={number === ''} onClick={() => setNumber((typed) => typed.slice(0, -1))} />
        </div>
      </div>
    </Section>
  );
}

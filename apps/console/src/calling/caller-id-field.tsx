import { Field, Input } from '@fluentui/react-components';
import { useId, type ReactNode } from 'react';
import type { CallerId } from './use-caller-id.ts';

/** Which number of this server a telephone is shown: operators choose one of them, everybody can type one. */
export function CallerIdField({ callerId: { text, number, owned, choose } }: { readonly callerId: CallerId }): ReactNode {
  const listId = useId();
  const isWrong = text !== '' && number === undefined;
  return (
    <>
      <Field label="Shown as" hint="One of this server’s telephone numbers." {...(isWrong ? { validationMessage: 'A number in international form, such as +1 202 555 0190.' } : {})}>
        <Input value={text} list={listId} inputMode="tel" placeholder="+1 202 555 0190" onChange={(_, { value }) => choose(value)} />
      </Field>
      <datalist id={listId}>{owned.map((value) => <option key={value} value={value}>{value}</option>)}</datalist>
    </>
  );
}

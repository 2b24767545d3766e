import { Button, Field, Input, Select, Spinner } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import type { NumberTarget, TelephoneNumber } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Section } from '../shell/page.tsx';
import { personName } from '../text/person.ts';
import { useFormRow } from './form-row.ts';
import { SimpleTable } from './simple-table.tsx';

/** The numbers of this server, and where calls to them go. */
export function NumbersSection({ operatorApi }: { readonly operatorApi: ApiClient }): ReactNode {
  const run = useCommand();
  const numbers = useQuery('numbers', (signal) => operatorApi('listTelephoneNumbers', {}, signal));
  const put = (number: string, target: NumberTarget): void => run(async () => {
    await operatorApi('putTelephoneNumber', { params: { number }, body: { target } });
    numbers.reload();
  });
  const remove = (number: string): void => run(async () => {
    await operatorApi('deleteTelephoneNumber', { params: { number } });
    numbers.reload();
  });
  const cellsOf = ({ number, trunk, target, calling, state }: TelephoneNumber): readonly ReactNode[] => [
    number, targetText(target), trunk ?? 'any trunk', calling, state,
    <Button key="remove" size="small" icon={<DeleteRegular />} aria-label={`Delete ${number}`} onClick={() => remove(number)} />,
  ];
  return (
    <Section title="Numbers">
      {numbers.error === undefined ? null : <FailureBar error={numbers.error} onRetry={numbers.reload} />}
      {numbers.value === undefined ? <Spinner label="Loading the numbers" /> : (
        <SimpleTable label="Numbers" heads={['Number', 'Calls go to', 'Trunk', 'Calling', 'State', '']} empty="No number yet: nobody can be shown one of yours." rows={numbers.value.value.map((number) => ({ key: number.number, cells: cellsOf(number) }))} />
      )}
      <NewNumber operatorApi={operatorApi} onPut={put} />
    </Section>
  );
}

function targetText(target: NumberTarget): string {
  switch (target.kind) {
    case 'users':
      return target.identifiers.map((identifier) => personName(identifier)).join(', ');
    case 'group':
      return `group ${target.groupId}`;
    case 'webhook':
      return target.url;
    case 'none':
      return 'nobody';
  }
}

/** Adds a number, or sends the calls of one elsewhere. */
function NewNumber({ operatorApi, onPut }: { readonly operatorApi: ApiClient; readonly onPut: (number: string, target: NumberTarget) => void }): ReactNode {
  const { row, wide } = useFormRow();
  const [number, setNumber] = useState('');
  const [kind, setKind] = useState<NumberTarget['kind']>('users');
  const [value, setValue] = useState('');
  const directory = useQuery('directory of operators', (signal) => operatorApi('listDirectory', {}, signal).catch(() => ({ value: [] })));
  const digits = number.replace(/[\s()./-]/g, '');
  const target = targetOf(kind, value.trim());
  return (
    <div className={row}>
      <Field label="Number"><Input value={number} placeholder="+1 425 555 0100" onChange={(_, { value: text }) => setNumber(text)} /></Field>
      <Field label="Calls go to">
        <Select value={kind} onChange={(_, { value: text }) => setKind(text as NumberTarget['kind'])}>
          <option value="users">Users</option>
          <option value="group">A group call</option>
          <option value="webhook">An application (webhook)</option>
          <option value="none">Nobody</option>
        </Select>
      </Field>
      {kind === 'none' ? null : (
        <Field className={wide} label={kind === 'users' ? 'Identifiers, separated by spaces' : kind === 'group' ? 'Group id' : 'URL'}>
          <Input value={value} list="people-of-directory" onChange={(_, { value: text }) => setValue(text)} />
        </Field>
      )}
      <datalist id="people-of-directory">{(directory.value?.value ?? []).map(({ identifier, displayName }) => <option key={identifier} value={identifier}>{displayName}</option>)}</datalist>
      <Button appearance="primary" disabled={!/^\+\d{7,15}$/.test(digits) || target === undefined} onClick={() => target !== undefined && onPut(digits, target)}>Set the number</Button>
    </div>
  );
}

function targetOf(kind: NumberTarget['kind'], value: string): NumberTarget | undefined {
  if (kind === 'none') return { kind };
  if (value === '') return undefined;
  if (kind === 'users') return { kind, identifiers: value.split(/[\s,]+/) };
  return kind === 'group' ? { kind, groupId: value } : { kind, url: value };
}

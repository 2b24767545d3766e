import { Button, Field, Input, Select } from '@fluentui/react-components';
import type { DirectoryEntry, NumberCapability, NumberTarget, OperationBody, TelephoneNumber } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import { useCommand } from '../calling/use-command.ts';
import { typedIdentifier } from '../text/person.ts';
import { useFormRow } from './form-row.ts';
import { nameInDirectory, namedPeople } from './named-people.ts';
import { PeopleField } from './people-field.tsx';

/** What a number is for, in words. */
export const callingTexts: Readonly<Record<NumberCapability, string>> = { 'inbound+outbound': 'in and out', inbound: 'in', outbound: 'out', none: 'no calls' };

interface NumberFormProps {
  /** The number that is changed; without one a number is added. */
  readonly edited: TelephoneNumber | undefined;
  readonly trunkNames: readonly string[];
  readonly directory: readonly DirectoryEntry[];
  readonly onPut: (number: string, body: OperationBody<'putTelephoneNumber'>) => Promise<void>;
}

/** Adds a number, or sends the calls of one elsewhere. */
export function NumberForm({ edited, trunkNames, directory, onPut }: NumberFormProps): ReactNode {
  const { row, wide } = useFormRow();
  const run = useCommand();
  const [number, setNumber] = useState(edited?.number ?? '');
  const [trunk, setTrunk] = useState(edited?.trunk ?? '');
  const [calling, setCalling] = useState<NumberCapability>(edited?.calling ?? 'inbound+outbound');
  const [kind, setKind] = useState<NumberTarget['kind']>(edited?.target.kind === 'none' ? 'users' : (edited?.target.kind ?? 'users'));
  const [value, setValue] = useState(() => (edited === undefined ? '' : valueOf(edited.target, directory)));
  const identifier = typedIdentifier(number);
  const target = targetOf(kind, value.trim(), directory);
  const put = (): void => run(async () => {
    if (identifier === undefined || target === undefined) return;
    await onPut(identifier.slice('4:'.length), { target, calling, ...(trunk === (edited?.trunk ?? '') ? {} : { trunk: trunk === '' ? null : trunk }) });
    setNumber('');
    setValue('');
  });
  const isWrong = number !== '' && identifier?.startsWith('4:') !== true;
  return (
    <div className={row} role="group" aria-label={edited === undefined ? 'New number' : `Change ${edited.number}`}>
      <Field label="Number" {...(isWrong ? { validationState: 'warning', validationMessage: 'With + and country: +1 425 555 0100' } : {})}><Input value={number} placeholder="+1 425 555 0100" inputMode="tel" onChange={(_, { value: text }) => setNumber(text)} /></Field>
      <Field label="Comes by"><Select value={trunk} onChange={(_, { value: text }) => setTrunk(text)}><option value="">any trunk</option>{trunkNames.map((name) => <option key={name} value={name}>{name}</option>)}</Select></Field>
      <Field label="For calls"><Select value={calling} onChange={(_, { value: text }) => setCalling(text as NumberCapability)}>{Object.entries(callingTexts).map(([each, title]) => <option key={each} value={each}>{title}</option>)}</Select></Field>
      <Field label="Calls go to">
        <Select value={kind} onChange={(_, { value: text }) => setKind(text as NumberTarget['kind'])}>
          <option value="users">People</option>
          <option value="group">A group call</option>
          <option value="webhook">An application</option>
          <option value="none">Nobody</option>
        </Select>
      </Field>
      {kind === 'users' ? <PeopleField label="Names, separated by commas" className={wide} directory={directory} text={value} onChange={setValue} /> : null}
      {kind === 'group' || kind === 'webhook' ? <Field className={wide} label={kind === 'group' ? 'Group id' : 'URL of its webhook'}><Input value={value} onChange={(_, { value: text }) => setValue(text)} /></Field> : null}
      <Button appearance="primary" disabled={isWrong || identifier === undefined || target === undefined} onClick={put}>{edited === undefined ? 'Add the number' : 'Change the number'}</Button>
    </div>
  );
}

function targetOf(kind: NumberTarget['kind'], value: string, directory: readonly DirectoryEntry[]): NumberTarget | undefined {
  switch (kind) {
    case 'none':
      return { kind };
    case 'users': {
      const named = namedPeople(value, directory);
      return named.ok && named.identifiers.length > 0 ? { kind, identifiers: [...named.identifiers] } : undefined;
    }
    case 'group':
      return value === '' ? undefined : { kind, groupId: value };
    case 'webhook':
      return value === '' ? undefined : { kind, url: value };
  }
}

function valueOf(target: NumberTarget, directory: readonly DirectoryEntry[]): string {
  switch (target.kind) {
    case 'none':
      return '';
    case 'users':
      return target.identifiers.map((identifier) => (directory.some((entry) => entry.identifier === identifier) ? nameInDirectory(identifier, directory) : identifier)).join(', ');
    case 'group':
      return target.groupId;
    case 'webhook':
      return target.url;
  }
}

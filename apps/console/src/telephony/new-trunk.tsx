import { Button, Field, Input, Select } from '@fluentui/react-components';
import type { OperationBody, Trunk } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { useFormRow } from './form-row.ts';

const transports = ['udp', 'tcp', 'tls'] as const satisfies ReadonlyArray<Trunk['transport']>;

interface NewTrunkProps {
  readonly operatorApi: ApiClient;
  readonly onPut: (name: string, body: OperationBody<'putTrunk'>) => Promise<void>;
}

/** Of a new trunk the few things that matter; the preset knows the rest, and the API takes all of it. */
export function NewTrunk({ operatorApi, onPut }: NewTrunkProps): ReactNode {
  const { row, wide, narrow } = useFormRow();
  const run = useCommand();
  const presets = useQuery('trunk presets', (signal) => operatorApi('listTrunkPresets', {}, signal)).value?.value ?? [];
  const [name, setName] = useState('');
  const [presetName, setPresetName] = useState('generic');
  const [address, setAddress] = useState('');
  const [transport, setTransport] = useState<Trunk['transport']>();
  const [port, setPort] = useState('');
  const [username, setUsername] = useState('');
  const [secret, setSecret] = useState('');
  const preset = presets.find((candidate) => candidate.name === presetName);
  const choosePreset = (value: string): void => {
    setPresetName(value);
    setTransport(undefined);
    setPort('');
  };
  const add = (): void => run(async () => {
    const place = preset === undefined ? {} : { transport: transport ?? preset.transport, port: port === '' ? preset.port : Number(port) };
    const credentials = username === '' ? {} : { credentials: { username, ...(secret === '' ? {} : { secret }) }, registration: {} };
    await onPut(name.trim().toLowerCase(), { preset: presetName, ...place, addresses: address.split(/[\s,]+/).filter(Boolean), ...credentials });
    for (const clear of [setName, setAddress, setUsername, setSecret]) clear('');
  });
  return (
    <>
      <div className={row} role="group" aria-label="New trunk">
        <Field label="Domain of the carrier or border controller" className={wide}><Input value={name} placeholder="sbc.example.com" onChange={(_, { value }) => setName(value)} /></Field>
        <Field label="Kind" className={wide} {...(preset === undefined ? {} : { hint: preset.note })}>
          <Select value={presetName} onChange={(_, { value }) => choosePreset(value)}>{presets.map(({ name: value, title }) => <option key={value} value={value}>{title}</option>)}</Select>
        </Field>
      </div>
      <div className={row} role="group" aria-label="Where and as whom">
        <Field label="Addresses (none: by DNS)" className={wide}><Input value={address} placeholder="198.51.100.7" onChange={(_, { value }) => setAddress(value)} /></Field>
        <Field label="Over" className={narrow}>
          <Select value={transport ?? preset?.transport ?? 'udp'} onChange={(_, { value }) => setTransport(transports.find((each) => each === value))}>{transports.map((each) => <option key={each} value={each}>{each.toUpperCase()}</option>)}</Select>
        </Field>
        <Field label="Port" className={narrow}><Input value={port} inputMode="numeric" placeholder={String(preset?.port ?? 5060)} onChange={(_, { value }) => setPort(value.replace(/\D/g, ''))} /></Field>
        <Field label="User, if it registers"><Input value={username} autoComplete="off" onChange={(_, { value }) => setUsername(value)} /></Field>
        <Field label="Password"><Input type="password" value={secret} autoComplete="new-password" onChange={(_, { value }) => setSecret(value)} /></Field>
        <Button appearance="primary" disabled={name.trim() === ''} onClick={add}>Add the trunk</Button>
      </div>
    </>
  );
}

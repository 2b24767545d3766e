import { Badge, Button, Field, Input, Select, Spinner, Text } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import type { OperationBody, Trunk, TrunkPreset } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Section } from '../shell/page.tsx';
import { useFormRow } from './form-row.ts';
import { SimpleTable } from './simple-table.tsx';

const refreshMs = 5000;
const badgeColors = { online: 'success', warning: 'warning', unknown: 'informative', disabled: 'subtle' } as const satisfies Record<Trunk['health']['state'], string>;

/** The carriers and session border controllers that this server is connected to, and whether they are there. */
export function TrunksSection({ operatorApi }: { readonly operatorApi: ApiClient }): ReactNode {
  const run = useCommand();
  const trunks = useQuery('trunks', (signal) => operatorApi('listTrunks', {}, signal), { refreshMs });
  const presets = useQuery('trunk presets', (signal) => operatorApi('listTrunkPresets', {}, signal));
  const put = (name: string, body: OperationBody<'putTrunk'>): void => run(async () => {
    await operatorApi('putTrunk', { params: { trunk: name }, body });
    trunks.reload();
  });
  const remove = (name: string): void => run(async () => {
    await operatorApi('deleteTrunk', { params: { trunk: name } });
    trunks.reload();
  });
  return (
    <Section title="Trunks">
      {trunks.error === undefined ? null : <FailureBar error={trunks.error} onRetry={trunks.reload} />}
      {trunks.value === undefined ? <Spinner label="Loading the trunks" /> : (
        <SimpleTable
          label="Trunks" heads={['Trunk', 'Reached at', 'Health', 'Registration', 'Lines', 'Last heard', '']} empty="No trunk yet: this server telephones with nobody."
          rows={trunks.value.value.map((trunk) => ({ key: trunk.name, cells: cellsOf(trunk, () => remove(trunk.name)) }))}
        />
      )}
      <NewTrunk presets={presets.value?.value ?? []} onPut={put} />
    </Section>
  );
}

function cellsOf({ name, transport, port, addresses, health }: Trunk, onRemove: () => void): readonly ReactNode[] {
  return [
    name,
    `${addresses.length === 0 ? name : addresses.join(', ')}:${port} ${transport.toUpperCase()}`,
    <span key="health"><Badge color={badgeColors[health.state]}>{health.state}</Badge> {health.reason ?? ''}</span>,
    health.registration,
    health.activeLines,
    health.lastSeenAt === undefined ? 'never' : new Date(health.lastSeenAt).toLocaleTimeString(),
    <Button key="remove" size="small" icon={<DeleteRegular />} aria-label={`Delete ${name}`} onClick={onRemove} />,
  ];
}

/** Of a new trunk the few things that matter; the preset knows the rest, and the API takes all of it. */
function NewTrunk({ presets, onPut }: { readonly presets: readonly TrunkPreset[]; readonly onPut: (name: string, body: OperationBody<'putTrunk'>) => void }): ReactNode {
  const { row, wide } = useFormRow();
  const [name, setName] = useState('');
  const [presetName, setPresetName] = useState('generic');
  const [address, setAddress] = useState('');
  const [username, setUsername] = useState('');
  const [secret, setSecret] = useState('');
  const preset = presets.find((candidate) => candidate.name === presetName);
  const add = (): void => {
    const credentials = username === '' ? {} : { credentials: { username, ...(secret === '' ? {} : { secret }) }, registration: {} };
    onPut(name.trim().toLowerCase(), { preset: presetName, ...(preset === undefined ? {} : { transport: preset.transport, port: preset.port }), addresses: address.split(/[\s,]+/).filter(Boolean), ...credentials });
    setSecret('');
  };
  return (
    <>
      <div className={row}>
        <Field label="Name (domain of the border controller)" className={wide}><Input value={name} placeholder="sbc.example.com" onChange={(_, { value }) => setName(value)} /></Field>
        <Field label="Kind">
          <Select value={presetName} onChange={(_, { value }) => setPresetName(value)}>{presets.map(({ name: value, title }) => <option key={value} value={value}>{title}</option>)}</Select>
        </Field>
        <Field label="Addresses (empty: by DNS)"><Input value={address} placeholder="198.51.100.7" onChange={(_, { value }) => setAddress(value)} /></Field>
        <Field label="User, where it registers"><Input value={username} autoComplete="off" onChange={(_, { value }) => setUsername(value)} /></Field>
        <Field label="Password"><Input type="password" value={secret} autoComplete="new-password" onChange={(_, { value }) => setSecret(value)} /></Field>
        <Button appearance="primary" disabled={name.trim() === ''} onClick={add}>Add the trunk</Button>
      </div>
      {preset === undefined ? null : <Text size={200}>{preset.note}</Text>}
    </>
  );
}

import { Badge, Button, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import type { CreatedSipDevice, DirectoryEntry, SipDevice, SipDeviceList } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { useSession } from '../session/use-session.tsx';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Section } from '../shell/page.tsx';
import { ConfirmedDelete } from './confirmed-delete.tsx';
import { useFormRow } from './form-row.ts';
import { nameInDirectory, namedPeople } from './named-people.ts';
import { NewCredentials } from './new-credentials.tsx';
import { PeopleField } from './people-field.tsx';
import { SimpleTable, type SimpleRow } from './simple-table.tsx';

const useStyles = makeStyles({ registrations: { display: 'grid', gap: '2px', justifyItems: 'start', padding: '4px 0' }, hint: { color: tokens.colorNeutralForeground3 } });

/** So that a phone that has just been set up is seen to come. */
const refreshMs = 4000;

/** SIP phones as devices of users, beside their browsers, and whether they are there. */
export function SipPhonesSection({ operatorApi, directory }: { readonly operatorApi: ApiClient; readonly directory: readonly DirectoryEntry[] }): ReactNode {
  const { row, wide } = useFormRow();
  const { session } = useSession();
  const run = useCommand();
  const devices = useQuery('sip devices', (signal) => operatorApi('listSipDevices', {}, signal), { refreshMs });
  const [text, setText] = useState(session?.displayName ?? '');
  const [created, setCreated] = useState<CreatedSipDevice>();
  const named = namedPeople(text, directory);
  const [identifier] = named.ok && named.identifiers.length === 1 ? named.identifiers : [];
  const create = (): void => run(async () => {
    if (identifier === undefined) return;
    setCreated(await operatorApi('createSipDevice', { body: { identifier } }));
    devices.reload();
  });
  const remove = (username: string): void => run(async () => {
    await operatorApi('deleteSipDevice', { params: { username } });
    setCreated((shown) => (shown?.username === username ? undefined : shown));
    devices.reload();
  });
  const rowOf = (device: SipDevice): SimpleRow => ({
    key: device.username,
    cells: [
      device.username, nameInDirectory(device.identifier, directory), <Registrations key="registrations" device={device} />, new Date(device.createdAt).toLocaleDateString(),
      <ConfirmedDelete key="delete" name={device.username} consequence="The phone with these credentials rings no more, and cannot call." onDelete={() => remove(device.username)} />,
    ],
  });
  return (
    <Section title="SIP phones">
      {devices.error === undefined ? null : <FailureBar error={devices.error} onRetry={devices.reload} />}
      {devices.value === undefined ? <Spinner label="Loading the SIP phones" /> : (
        <SimpleTable
          label="SIP phones" heads={['User name', 'Rings for', 'Registered', 'Since', '']}
          empty="No SIP phone yet. Make credentials for somebody, enter them in a phone or softphone, and it rings beside that person’s browsers." rows={devices.value.value.map(rowOf)}
        />
      )}
      <div className={row} role="group" aria-label="New SIP phone">
        <PeopleField label="Rings for" className={wide} directory={directory} text={text} onChange={setText} />
        <Button appearance="primary" disabled={identifier === undefined} onClick={create}>Make credentials</Button>
      </div>
      {created === undefined ? null : <NewCredentials device={created} registrar={devices.value?.registrar} isRegistered={isRegistered(devices.value, created.username)} onDismiss={() => setCreated(undefined)} />}
    </Section>
  );
}

function Registrations({ device: { registrations } }: { readonly device: SipDevice }): ReactNode {
  const styles = useStyles();
  if (registrations === undefined || registrations.length === 0) return <Badge appearance="tint" color="subtle">not registered</Badge>;
  return (
    <span className={styles.registrations}>
      {registrations.map(({ transport, source, userAgent }) => (
        <span key={source}><Badge color="success">registered</Badge> <Text size={200} className={styles.hint}>{[userAgent, `${source} ${transport.toUpperCase()}`].filter((part) => part !== undefined).join(', ')}</Text></span>
      ))}
    </span>
  );
}

function isRegistered(list: SipDeviceList | undefined, username: string): boolean {
  return list?.value.some((device) => device.username === username && (device.registrations ?? []).length > 0) ?? false;
}

import { Button, Field, Input, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import type { CreatedSipDevice, SipDevice } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { useSession } from '../session/use-session.tsx';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Section } from '../shell/page.tsx';
import { personName } from '../text/person.ts';
import { useFormRow } from './form-row.ts';
import { SimpleTable } from './simple-table.tsx';

/** SIP phones as devices of users, beside their browsers. */
export function SipPhonesSection({ operatorApi }: { readonly operatorApi: ApiClient }): ReactNode {
  const { row, wide } = useFormRow();
  const { session } = useSession();
  const run = useCommand();
  const devices = useQuery('sip devices', (signal) => operatorApi('listSipDevices', {}, signal));
  const [identifier, setIdentifier] = useState(session?.identifier ?? '');
  const [created, setCreated] = useState<CreatedSipDevice>();
  const create = (): void => run(async () => {
    setCreated(await operatorApi('createSipDevice', { body: { identifier } }));
    devices.reload();
  });
  const remove = (username: string): void => run(async () => {
    await operatorApi('deleteSipDevice', { params: { username } });
    devices.reload();
  });
  const cellsOf = ({ username, identifier: user, createdAt }: SipDevice): readonly ReactNode[] => [
    username, personName(user), new Date(createdAt).toLocaleDateString(),
    <Button key="remove" size="small" icon={<DeleteRegular />} aria-label={`Delete ${username}`} onClick={() => remove(username)} />,
  ];
  return (
    <Section title="SIP phones">
      {devices.error === undefined ? null : <FailureBar error={devices.error} onRetry={devices.reload} />}
      {devices.value === undefined ? <Spinner label="Loading the SIP phones" /> : <SimpleTable label="SIP phones" heads={['User name', 'Rings for', 'Since', '']} empty="No SIP phone yet." rows={devices.value.value.map((device) => ({ key: device.username, cells: cellsOf(device) }))} />}
      <div className={row}>
        <Field label="Identifier of the user" className={wide}><Input value={identifier} onChange={(_, { value }) => setIdentifier(value)} /></Field>
        <Button appearance="primary" disabled={identifier === ''} onClick={create}>Make credentials</Button>
      </div>
      {created === undefined ? null : (
        <MessageBar intent="success" layout="multiline">
          <MessageBarBody>
            Enter these in the phone; the password is shown here only: server {location.hostname}, user {created.username}, password <code>{created.password}</code>
          </MessageBarBody>
        </MessageBar>
      )}
    </Section>
  );
}

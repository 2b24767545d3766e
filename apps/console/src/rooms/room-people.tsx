import { Button, Field, Select, Spinner } from '@fluentui/react-components';
import type { RoomParticipant, RoomRole, UpdateRoomParticipantsRequest } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Section } from '../shell/page.tsx';
import { ConfirmedDelete } from '../telephony/confirmed-delete.tsx';
import { useFormRow } from '../telephony/form-row.ts';
import { nameInDirectory, namedPeople } from '../telephony/named-people.ts';
import { PeopleField } from '../telephony/people-field.tsx';
import { SimpleTable, type SimpleRow } from '../telephony/simple-table.tsx';
import { useDirectory } from '../telephony/use-directory.ts';

/** What each role is for, in words. */
const roleTexts: Readonly<Record<RoomRole, string>> = { Presenter: 'Presenter: everything', Collaborator: 'Collaborator: talks and shares', Attendee: 'Attendee: talks', Consumer: 'Consumer: watches and listens' };

/** Who is invited to a room, and as what. A change takes effect in the call that runs. */
export function RoomPeople({ operatorApi, roomId }: { readonly operatorApi: ApiClient; readonly roomId: string }): ReactNode {
  const { row, wide } = useFormRow();
  const run = useCommand();
  const directory = useDirectory();
  const people = useQuery(`people of ${roomId}`, (signal) => operatorApi('listRoomParticipants', { params: { roomId } }, signal));
  const [names, setNames] = useState('');
  const [newRole, setNewRole] = useState<RoomRole>('Attendee');
  const named = namedPeople(names, directory);
  const change = (body: UpdateRoomParticipantsRequest): void => run(async () => {
    await operatorApi('updateRoomParticipants', { params: { roomId }, body });
    people.reload();
  });
  const invite = (): void => {
    if (!named.ok) return;
    change({ invited: named.identifiers.map((rawId) => ({ rawId, role: newRole })) });
    setNames('');
  };
  const rowOf = ({ rawId, role }: RoomParticipant): SimpleRow => {
    const name = nameInDirectory(rawId, directory);
    return {
      key: rawId, words: name,
      cells: [
        name, <RoleChoice key="role" label={`Role of ${name}`} role={role} onChoose={(chosen) => change({ invited: [{ rawId, role: chosen }] })} />,
        <ConfirmedDelete key="actions" name={name} consequence={`${name} is invited no more, and leaves the call at once.`} onDelete={() => change({ removed: [rawId] })} />,
      ],
    };
  };
  return (
    <Section title="People">
      {people.error === undefined ? null : <FailureBar error={people.error} onRetry={people.reload} />}
      {people.value === undefined ? <Spinner label="Loading the people" /> : <SimpleTable label="People" heads={['Name', 'Role', '']} empty="Nobody is invited yet, so nobody can join." rows={people.value.value.map(rowOf)} />}
      <div className={row} role="group" aria-label="Invite">
        <PeopleField label="Names, separated by commas" className={wide} directory={directory} text={names} onChange={setNames} />
        <Field label="As"><RoleChoice role={newRole} onChoose={setNewRole} /></Field>
        <Button appearance="primary" disabled={!named.ok || named.identifiers.length === 0} onClick={invite}>Invite</Button>
      </div>
    </Section>
  );
}

function RoleChoice({ label, role, onChoose }: { readonly label?: string; readonly role: RoomRole; readonly onChoose: (role: RoomRole) => void }): ReactNode {
  return (
    <Select {...(label === undefined ? {} : { 'aria-label': label })} value={role} onChange={(_, { value }) => onChoose(value as RoomRole)}>
      {Object.entries(roleTexts).map(([each, text]) => <option key={each} value={each}>{text}</option>)}
    </Select>
  );
}

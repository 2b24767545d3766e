import { createIdentifierFromRawId, getIdentifierRawId } from '@azure/communication-common';
import type { Call } from '@dialplane/calling';
import { Button, Field, makeStyles, Persona, SearchBox, Text, tokens } from '@fluentui/react-components';
import { PersonAddRegular } from '@fluentui/react-icons/svg/person-add';
import { PhoneRegular } from '@fluentui/react-icons/svg/phone';
import { useState, type ReactNode } from 'react';
import { useQuery } from '../api/use-query.ts';
import { CallerIdField } from '../calling/caller-id-field.tsx';
import { useCallerId } from '../calling/use-caller-id.ts';
import { useCommand } from '../calling/use-command.ts';
import { useSession } from '../session/use-session.tsx';
import { personName, typedIdentifier } from '../text/person.ts';

const useStyles = makeStyles({
  root: { display: 'grid', gap: '8px' },
  row: { display: 'flex', justifyContent: 'space-between', alignItems: 'center', gap: '8px' },
  hint: { color: tokens.colorNeutralForeground3 },
});

const refreshMs = 4000;
/** More than these are found by typing. */
const shownAtOnce = 6;

/** Invites people who are signed in and not in the call yet, and telephones. The first one added to a call of two makes it a group call. */
export function AddPeople({ call }: { readonly call: Call }): ReactNode {
  const styles = useStyles();
  const { api, session } = useSession();
  const run = useCommand();
  const [text, setText] = useState('');
  const directory = useQuery('directory', (signal) => api('listDirectory', {}, signal), { refreshMs });
  const present = new Set([session?.identifier, ...call.remoteParticipants.map(({ identifier }) => getIdentifierRawId(identifier))]);
  const query = text.trim().toLocaleLowerCase();
  const typed = typedIdentifier(text);
  const telephone = typed?.startsWith('4:') === true && !present.has(typed) ? typed : undefined;
  const absent = (directory.value?.value ?? []).filter(({ identifier, displayName, isOnline }) => !present.has(identifier) && (query === '' ? isOnline : displayName.toLocaleLowerCase().includes(query)));
  return (
    <div className={styles.root}>
      <Field label="Add people"><SearchBox value={text} placeholder="Name or telephone number" onChange={(_, { value }) => setText(value)} /></Field>
      {telephone === undefined ? null : <AddTelephone call={call} identifier={telephone} onAdded={() => setText('')} />}
      {absent.slice(0, shownAtOnce).map(({ identifier, displayName, isOnline }) => (
        <div key={identifier} className={styles.row}>
          <Persona name={displayName} size="small" avatar={{ color: 'colorful', idForColor: identifier, 'aria-hidden': true }} presence={{ status: isOnline ? 'available' : 'offline' }} textAlignment="center" />
          <Button size="small" icon={<PersonAddRegular />} aria-label={`Add ${displayName}`} onClick={() => run(() => void call.addParticipant(createIdentifierFromRawId(identifier)))}>Add</Button>
        </div>
      ))}
      {absent.length === 0 && telephone === undefined ? <Text size={200} className={styles.hint}>{query === '' ? 'Nobody else is signed in.' : 'Nobody of that name is signed in who is not in the call.'}</Text> : null}
      {absent.length > shownAtOnce ? <Text size={200} className={styles.hint}>{absent.length - shownAtOnce} more: type a name.</Text> : null}
    </div>
  );
}

function AddTelephone({ call, identifier, onAdded }: { readonly call: Call; readonly identifier: string; readonly onAdded: () => void }): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const callerId = useCallerId();
  const name = personName(identifier);
  const add = (): void => run(() => {
    if (callerId.number === undefined) return;
    call.addParticipant(createIdentifierFromRawId(identifier), { alternateCallerId: { phoneNumber: callerId.number } });
    callerId.remember();
    onAdded();
  });
  return (
    <>
      <CallerIdField callerId={callerId} />
      <div className={styles.row}>
        <Persona name={name} size="small" avatar={{ icon: <PhoneRegular />, 'aria-hidden': true }} textAlignment="center" />
        <Button size="small" icon={<PersonAddRegular />} aria-label={`Add ${name}`} disabled={callerId.number === undefined} onClick={add}>Add</Button>
      </div>
    </>
  );
}

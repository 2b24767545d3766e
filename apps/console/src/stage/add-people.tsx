import { createIdentifierFromRawId, getIdentifierRawId } from '@azure/communication-common';
import type { Call } from '@dialplane/calling';
import { PersonAddRegular } from '@fluentui/react-icons/svg/person-add';
import type { ReactNode } from 'react';
import { CallerIdField } from '../calling/caller-id-field.tsx';
import { useCallerId } from '../calling/use-caller-id.ts';
import { useCommand } from '../calling/use-command.ts';
import { useSession } from '../session/use-session.tsx';
import { PeopleChoice } from './people-choice.tsx';

/** Invites people who are signed in and not in the call yet, and telephones. The first one added to a call of two makes it a group call. */
export function AddPeople({ call }: { readonly call: Call }): ReactNode {
  const { session } = useSession();
  const run = useCommand();
  const callerId = useCallerId();
  const present = new Set([session?.identifier ?? '', ...call.remoteParticipants.map(({ identifier }) => getIdentifierRawId(identifier))]);
  const add = (identifier: string): void => run(() => {
    const whom = createIdentifierFromRawId(identifier);
    if (!identifier.startsWith('4:') || callerId.number === undefined) return void call.addParticipant(whom);
    call.addParticipant(whom, { alternateCallerId: { phoneNumber: callerId.number } });
    callerId.remember();
  });
  return (
    <PeopleChoice
      label="Add people" verb="Add" icon={<PersonAddRegular />} except={present} onChoose={add}
      telephoneField={<CallerIdField callerId={callerId} />} isTelephoneReady={callerId.number !== undefined}
    />
  );
}

import { createIdentifierFromRawId, getIdentifierRawId } from '@azure/communication-common';
import { Features, type Call, type Transfer } from '@dialplane/calling';
import { Button, makeStyles, MessageBar, MessageBarBody, Popover, PopoverSurface, PopoverTrigger, Spinner, Tooltip } from '@fluentui/react-components';
import { CallTransferRegular } from '@fluentui/react-icons/svg/call-transfer';
import { useState, type ReactNode } from 'react';
import { useCalling } from '../calling/calling-context.tsx';
import { namesOf } from '../calling/identifier.ts';
import { useEmitter } from '../calling/use-emitter.ts';
import { useSession } from '../session/use-session.tsx';
import { PeopleChoice } from './people-choice.tsx';

const useStyles = makeStyles({
  surface: { display: 'grid', gap: '12px', width: 'min(300px, 80vw)' },
});

/** Hands the other side of a call of two over: to somebody, to a number, or to another call that one has on hold. */
export function TransferControl({ call, buttonClass }: { readonly call: Call; readonly buttonClass: string }): ReactNode {
  const styles = useStyles();
  const { session } = useSession();
  const { calls } = useCalling();
  const [transfer, setTransfer] = useState<Transfer>();
  useEmitter(transfer, 'stateChanged');
  const feature = call.feature(Features.Transfer);
  const present = new Set([session?.identifier ?? '', ...call.remoteParticipants.map(({ identifier }) => getIdentifierRawId(identifier))]);
  const consulted = calls.filter((other) => other !== call && other.remoteParticipants.length === 1);
  return (
    <Popover positioning="above" trapFocus onOpenChange={(_, { open }) => open && transfer?.state === 'Failed' && setTransfer(undefined)}>
      <PopoverTrigger disableButtonEnhancement>
        <Tooltip content="Transfer" relationship="label"><Button className={buttonClass} icon={<CallTransferRegular />} /></Tooltip>
      </PopoverTrigger>
      <PopoverSurface aria-label={`Transfer ${namesOf(call)}`} className={styles.surface}>
        {transfer?.state === 'Failed' ? <MessageBar intent="error"><MessageBarBody>The transfer failed ({transfer.error?.code ?? 0}/{transfer.error?.subCode ?? 0}). The call goes on.</MessageBarBody></MessageBar> : null}
        {transfer?.state === 'Transferring' ? <Spinner size="small" label="Transferring…" /> : (
          <>
            {consulted.map((other) => (
              <Button key={other.id} icon={<CallTransferRegular />} onClick={() => setTransfer(feature.transfer({ targetCallId: other.id }))}>Connect with {namesOf(other)}</Button>
            ))}
            <PeopleChoice
              label="Transfer to" verb="Transfer to" icon={<CallTransferRegular />} except={present}
              onChoose={(identifier) => setTransfer(feature.transfer({ targetParticipant: createIdentifierFromRawId(identifier) }))}
            />
          </>
        )}
      </PopoverSurface>
    </Popover>
  );
}
